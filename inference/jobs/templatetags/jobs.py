"""Words for codes in templates."""

from collections.abc import Iterable

from django import template

from inference.jobs.findings import FindingGroup, grouped
from inference.jobs.results import Json, phase_words

register = template.Library()


@register.filter
def finding_groups(result: Json) -> list[FindingGroup]:
    """Return a result's findings as tables."""
    return grouped(result)


@register.filter
def phase_names(codes: Iterable[str]) -> str:
    """Turn codes of contrast phases into words: ``Arterial, Portal venous``."""
    return phase_words(codes)
