"""Which analyses have a figure, and the figure as a file."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

FORMS = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf"}
TITLES = {"roc": _("ROC curves"), "comparison_matrix": _("AI and readers compared")}


def is_drawable(entry: Mapping[str, Any]) -> bool:
    """Say whether an analysis can be drawn."""
    return entry["type"] in TITLES and "error" not in entry


def drawable(result: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return id and caption of every analysis that can be drawn."""
    return [
        (name, f"{TITLES[entry['type']]} ({name.replace('_', ' ')})")
        for name, entry in result["analyses"].items()
        if is_drawable(entry)
    ]


def draw(name: str, entry: Mapping[str, Any], form: str) -> bytes:
    """Draw an analysis in one of :data:`FORMS`."""
    # matplotlib takes a second to load; only who wants a figure waits for it.
    from readerstudy.reports import figures

    return figures.render(entry, title=name.replace("_", " "), form=form)
