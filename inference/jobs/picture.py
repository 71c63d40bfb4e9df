"""A finished run as a picture: bars of every class and stage on one labelled sheet.

Light ground and a colour that survives black-and-white print; matplotlib without its global state.
"""

import io

from django.utils.translation import gettext as _
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from inference.jobs.exports import finished_result, label
from inference.jobs.findings import grouped
from inference.jobs.models import InferenceJob
from inference.jobs.results import Json, phase_words
from inference.registry import find

LINE_INCHES = 0.142
MOST_SHARES = 14
COLUMNS = (0.09, 0.55)
INK, BAR, CHOSEN, CAUTION = "#1c1f22", "#9fb8c4", "#07627f", "#7a5200"


def as_png(job: InferenceJob) -> bytes:
    """Draw a result, 1600 x 1000 pixels; higher where there are findings.

    Raises
    ------
    Conflict
        If the job has no result yet.
    """
    result = finished_result(job)
    columns = _finding_columns(result)
    extra = LINE_INCHES * max(len(lines) for lines in columns)
    height = 5 + extra
    figure = Figure(figsize=(8, height), dpi=200, facecolor="white")
    classes, stages = figure.subplots(1, 2, width_ratios=(3, 2))
    figure.subplots_adjust(
        left=0.09, right=0.97, top=1 - 1.2 / height, bottom=(1.35 + extra) / height, wspace=0.32
    )
    _heading(figure, job, result, height)
    _bars(classes, dict(result["probabilities"]), result["decision"], _("Classes"))
    shares = {
        f"{stage['id']}: {code}": value
        for stage in result["stages"]
        for code, value in stage["probabilities"].items()
    }
    if 0 < len(shares) <= MOST_SHARES:
        _bars(stages, shares, None, _("Stages, each network on its own"))
    else:
        stages.set_visible(False)  # nothing to draw, or more than can be read: the CSV has them
    for left, lines in zip(COLUMNS, columns, strict=True):
        top = (0.85 + extra) / height
        figure.text(left, top, "\n".join(lines), size=7.5, color=INK, va="top", linespacing=1.35)
    _footing(figure, result, height)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Description": label(result)})
    return buffer.getvalue()


def _finding_columns(result: Json) -> tuple[list[str], list[str]]:
    """Return the findings as lines of two columns of about the same length."""
    left: list[str] = []
    right: list[str] = []
    groups = grouped(result)
    half = sum(len(group.rows) + 2 for group in groups) / 2
    for group in groups:
        column = left if len(left) + (len(group.rows) + 2) / 2 <= half else right
        column += ["", group.name]
        for row in group.rows:
            changed = _(", changed by a person to %(value)s") % {"value": row.changed}
            column.append(f"    {row.name}: {row.value}{changed if row.changed else ''}")
    return left, right


def _heading(figure: Figure, job: InferenceJob, result: Json, height: float) -> None:
    spec = find(job.system)
    decision = result["decision"] or _("no lesion found")
    figure.text(
        0.09, 1 - 0.35 / height, f"{job.case.code} · {decision}", size=14, weight="bold", color=INK
    )
    figure.text(0.09, 1 - 0.575 / height, spec.title, size=9, color=INK)
    figure.text(0.09, 1 - 0.8 / height, label(result), size=9, weight="bold", color=CAUTION)


def _bars(axes: Axes, shares: dict[str, float], chosen: str | None, title: str) -> None:
    names = list(shares)
    colours = [CHOSEN if name == chosen else BAR for name in names]
    bars = axes.barh(names, [shares[name] for name in names], color=colours)
    axes.bar_label(bars, fmt="%.2f", padding=3, size=8, color=INK)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.15)
    axes.set_xticks([0, 0.5, 1])
    axes.set_xlabel(_("Probability"), size=8)
    axes.set_title(title, size=9, loc="left", color=INK)
    axes.tick_params(labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)


def _footing(figure: Figure, result: Json, height: float) -> None:
    phases = {"used": result["phases_used"], "missing": result["phases_missing"]}
    lines = [
        _("Phases used: %(used)s; missing: %(missing)s")
        % {key: phase_words(codes) for key, codes in phases.items()},
        f"{result['system']} {result['version']} · {result['configuration']} · "
        f"sha256 {result['weights_sha256'][:16]}",
        *(warning["message"] for warning in result["warnings"][:2]),
    ]
    figure.text(
        0.09, 0.15 / height, "\n".join(lines), size=7.5, color=INK, linespacing=1.5, wrap=True
    )
