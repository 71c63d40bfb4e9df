"""Words for codes in templates."""

from collections.abc import Iterable

from django import template

from inference.jobs.results import phase_words

register = template.Library()


@register.filter
def phase_names(codes: Iterable[str]) -> str:
    """Turn codes of contrast phases into words: ``Arterial, Portal venous``."""
    return phase_words(codes)
