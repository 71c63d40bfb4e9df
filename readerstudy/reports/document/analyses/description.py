"""How an analysis of a plan is described in words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

Spec = Mapping[str, Any]
"""One analysis of the plan, as its JSON says."""


@dataclass(frozen=True)
class Description:
    """What is done and why.

    Attributes
    ----------
    title
        The question that is answered.
    text
        The method, with ``{key}`` where a source is cited.
    formula
        With the tags i, sub and sup; empty where words say it.
    caution
        What the analysis rests on, or does not say.
    """

    title: str
    text: str
    formula: str = ""
    caution: str = ""


Describe = Callable[[Spec], Description]
SIDES = ("select", "a", "b", "before", "after", "ai", "readers")
"""Options that pick readings."""


def data_of(spec: Spec) -> str:
    """Say in words which readings an analysis uses."""
    parts = [
        f"{side}: {chosen(spec[side])}" if side != "select" else chosen(spec[side])
        for side in SIDES
        if isinstance(spec.get(side), Mapping)
    ]
    if spec.get("arms"):
        parts.append(_("arms: %(arms)s") % {"arms": _(" vs ").join(_texts(spec["arms"]))})
    if spec.get("by"):
        parts.append(_("one each by %(keys)s") % {"keys": ", ".join(_texts(spec["by"]))})
    if spec.get("of"):
        of = spec["of"]
        parts.append(str(of) if isinstance(of, str) else f"{of['type']}: {data_of(of)}")
    for column, values in spec.get("where", {}).items():
        parts.append(f"{column} = {', '.join(_texts(values))}")
    if spec.get("subset_truth"):
        parts.append(_("truth: %(truths)s") % {"truths": ", ".join(_texts(spec["subset_truth"]))})
    if spec.get("type") == "power":
        parts.append(_("none, a planned study"))
    return "; ".join(parts) or _("all readings")


def chosen(selector: Mapping[str, Any]) -> str:
    """Say in words what a selector picks."""
    return ", ".join(" + ".join(_texts(value)) for value in selector.values()) or _("all readings")


def _texts(value: object) -> Iterable[str]:
    return [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)]
