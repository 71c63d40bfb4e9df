"""Whether a person has marked on the images what a system needs; told before a run is queued."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from inference.contracts import LesionInput
from inference.jobs.exams import FrameOutline
from inference.registry import ModelSpec
from inference.registry.spec import Need
from webapp.core.errors import InvalidInput
from webapp.imaging.models import Case


def check(
    spec: ModelSpec,
    case: Case,
    lesions: Sequence[LesionInput],
    outlines: Sequence[FrameOutline],
) -> None:
    """Compare marks with what a system takes.

    Raises
    ------
    InvalidInput
        ``marks_missing`` if something it needs isn't marked, ``marks_unused`` if something is
        that it can't use, ``bad_outline`` for a place that the case doesn't have.
    """
    fault = _missing(spec, lesions, outlines)
    if fault:
        raise InvalidInput(fault % {"system": spec.title}, code="marks_missing")
    fault = _unused(spec, lesions, outlines)
    if fault:
        raise InvalidInput(fault, code="marks_unused")
    frames = {series.pk: series.n_frames for series in case.series.all()}
    for outline in outlines:
        if outline.frame >= frames.get(outline.series_id, 0):
            raise InvalidInput(
                _("An outline lies on a frame that this case doesn't have; draw it again."),
                code="bad_outline",
            )


def _missing(
    spec: ModelSpec, lesions: Sequence[LesionInput], outlines: Sequence[FrameOutline]
) -> str:
    needs = spec.marks
    if needs.box is Need.REQUIRED and not lesions:
        return _("%(system)s needs a box around the lesion; draw it, then run again.")
    if needs.outline is Need.REQUIRED and not outlines:
        return _("%(system)s needs the lesion outlined on a frame; outline it, then run again.")
    if needs.background is Need.REQUIRED and any(each.background is None for each in outlines):
        return _(
            "%(system)s needs liver beside the lesion outlined on the same frame; outline it as "
            "background, then run again."
        )
    return ""


def _unused(
    spec: ModelSpec, lesions: Sequence[LesionInput], outlines: Sequence[FrameOutline]
) -> str:
    needs = spec.marks
    if needs.box is Need.NONE and lesions:
        return _("%(system)s takes no lesion box; run it without one.") % {"system": spec.title}
    if needs.outline is Need.NONE and outlines:
        return _("%(system)s takes no outlines; run it without them.") % {"system": spec.title}
    if outlines and len(outlines) > needs.most_outlines:
        return _(
            "%(system)s takes outlines on at most %(most)s frames, found %(found)s; remove some."
        ) % {"system": spec.title, "most": needs.most_outlines, "found": len(outlines)}
    return ""
