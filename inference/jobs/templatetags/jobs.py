"""Words for codes in templates."""

from collections.abc import Iterable

from django import template

from inference.jobs.findings import FindingGroup, grouped
from inference.jobs.results import Json, phase_words

ACRONYMS = frozenset({"auc", "f1", "iou", "bm", "ppv", "npv"})

register = template.Library()


@register.filter
def finding_groups(result: Json) -> list[FindingGroup]:
    """Return a result's findings as tables."""
    return grouped(result)


@register.filter
def metric_name(name: str) -> str:
    """Write a metric's name in words: ``macro_auc`` becomes ``Macro AUC``."""
    words = [word.upper() if word in ACRONYMS else word for word in name.split("_")]
    return " ".join(words)[:1].upper() + " ".join(words)[1:]


@register.filter
def phase_names(codes: Iterable[str]) -> str:
    """Turn codes of contrast phases into words: ``Arterial, Portal venous``."""
    return phase_words(codes)
