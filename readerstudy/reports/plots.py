"""Which analyses have figures, and a figure as a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from readerstudy.reports.tables.wording import words

Form = Literal["svg", "png", "pdf"]
FORMS: dict[Form, str] = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
}
TITLES: dict[str, dict[str, Promise]] = {
    "mrmc_or": {"readers": _("Readers by arm")},
    "mrmc_ustat": {"readers": _("Readers by arm")},
    "froc": {"readers": _("Readers by arm")},
    "non_inferiority": {"margin": _("Difference and margin")},
    "roc": {"roc": _("ROC curves")},
    "diagnostic": {
        "confusion": _("Confusion matrices"),
        "radar": _("Figures of merit together"),
    },
    "comparison_matrix": {"comparison_matrix": _("AI and readers compared")},
    "mann_whitney": {"group": _("Readers and the AI")},
    "reliance": {"reliance": _("Answers before and after the AI")},
    "time": {"quartiles": _("Reading time")},
    "confidence": {"quartiles": _("Confidence")},
    "gee": {"odds_ratios": _("Odds ratios"), "nomogram": _("Nomogram")},
    "glmm": {"odds_ratios": _("Odds ratios")},
    "subgroup": {"subgroups": _("Subgroups")},
    "prevalence": {"prevalence": _("Accuracy by prevalence")},
    "calibration": {"calibration": _("Calibration")},
    "decision_curve": {"decision_curve": _("Decision curve")},
    "power": {"power": _("Power")},
}
"""Drawings of each kind of analysis, as :data:`readerstudy.reports.figures.DRAWINGS` has them."""


@dataclass(frozen=True)
class Plot:
    """One figure of an analysis; a wide one takes the width of a page, not of a column."""

    name: str
    drawing: str
    caption: str
    wide: bool


def plots_of(name: str, entry: Mapping[str, Any]) -> list[Plot]:
    """Return the figures that an analysis has."""
    titles = {} if "error" in entry else TITLES.get(entry["type"], {})
    return [
        Plot(name, drawing, f"{title} ({words(name)})", _figures().is_wide(entry, drawing))
        for drawing, title in titles.items()
    ]


def drawable(result: Mapping[str, Any]) -> list[Plot]:
    """Return the figures of every analysis, by kind in the order of a report, wide ones last."""
    kinds = list(TITLES)
    analyses = [item for item in result["analyses"].items() if item[1]["type"] in TITLES]
    analyses.sort(key=lambda item: kinds.index(item[1]["type"]))
    plots = [plot for name, entry in analyses for plot in plots_of(name, entry)]
    return sorted(plots, key=lambda plot: plot.wide)


def draw(plot: Plot, entry: Mapping[str, Any], form: Form) -> bytes:
    """Draw a figure in one of :data:`FORMS`."""
    content: bytes = _figures().render(
        entry, title=words(plot.name), form=form, drawing=plot.drawing, translate=gettext
    )
    return content


def _figures() -> ModuleType:
    """Return the package that draws; matplotlib takes a second to load, so only when needed."""
    from readerstudy.reports import figures

    return figures
