"""Which analyses have a figure, and the figure as a file."""

from collections.abc import Mapping
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from readerstudy.reports.tables.wording import words

Form = Literal["svg", "png", "pdf"]
FORMS: dict[Form, str] = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
}
TITLES = {"roc": _("ROC curves"), "comparison_matrix": _("AI and readers compared")}


def is_drawable(entry: Mapping[str, Any]) -> bool:
    """Say whether an analysis can be drawn."""
    return entry["type"] in TITLES and "error" not in entry


def drawable(result: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return id and caption of every analysis that can be drawn."""
    return [
        (name, caption(name, entry))
        for name, entry in result["analyses"].items()
        if is_drawable(entry)
    ]


def caption(name: str, entry: Mapping[str, Any]) -> str:
    """Return what stands under the figure of an analysis."""
    return f"{TITLES[entry['type']]} ({words(name)})"


def draw(name: str, entry: Mapping[str, Any], form: Form) -> bytes:
    """Draw an analysis in one of :data:`FORMS`."""
    # matplotlib takes a second to load; only who wants a figure waits for it.
    from readerstudy.reports import figures

    return figures.render(entry, title=words(name), form=form)
