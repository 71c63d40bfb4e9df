"""A case as inference takes it: its images, its clinical values, what was outlined on its frames.

The only place that knows how a frame in the viewer and `Outline.image` and `Outline.frame` of
`inference.contracts` belong together.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from inference import io
from inference.contracts import ClinicalValue, Exam, Outline, Polygon
from inference.errors import UnusableInput
from inference.jobs.series import SeriesIndex, clip_key
from webapp.imaging import selectors as imaging
from webapp.imaging.models import Case, Series

Json = dict[str, Any]


@dataclass(frozen=True)
class FrameOutline:
    """A lesion outlined on a frame of the viewer.

    Parameters
    ----------
    series_id
        Key of the series' row.
    frame
        Frame of the viewer's manifest, from 0.
    lesion, background
        Corners (column, row) in pixels; see `inference.contracts.Outline`.
    """

    series_id: UUID
    frame: int
    lesion: Polygon
    background: Polygon | None = None

    def to_json(self) -> Json:
        """Return the form in which a job keeps it."""
        return {
            "series": str(self.series_id),
            "frame": self.frame,
            "lesion": [list(corner) for corner in self.lesion],
            "background": self.background and [list(corner) for corner in self.background],
        }


def outline_from_json(entry: Mapping[str, Any]) -> FrameOutline:
    """Return what a job or a checked request holds.

    Raises
    ------
    UnusableInput
        If a polygon has fewer than three corners or a number isn't finite.
    """
    background = entry.get("background")
    made = FrameOutline(
        UUID(str(entry["series"])),
        entry["frame"],
        _polygon(entry["lesion"]),
        _polygon(background) if background else None,
    )
    Outline(made.lesion, made.background, frame=made.frame)  # the contract's own checks
    return made


def read_case(case: Case, clinical: Mapping[str, Mapping[str, str]] | None = None) -> Exam:
    """Read a case's stored images; pixels are decoded when first used.

    Parameters
    ----------
    case
        Phases are as people corrected them.
    clinical
        ``{name: {"value", "unit"}}``, as a job keeps it.

    Raises
    ------
    UnusableInput
        If none of its images can be read.
    """
    # The volumes of one dynamic series share files, each of which is read once.
    listed = imaging.case_files(case)
    files = {path: None for _series, paths in listed for path in paths}
    keys = {path: key for series, paths in listed for path, key in _clip_keys(series, paths)}
    known = {
        path: series.modality
        for series, paths in listed
        if series.viewing.get("picture")
        for path in paths
    }
    exam = io.read_exam(
        list(files), phases=SeriesIndex(case).phases(), clip_keys=keys, modalities=known
    )
    values = {name: ClinicalValue(**entry) for name, entry in (clinical or {}).items()}
    return replace(exam, clinical=values)


def outlines_of(exam: Exam, case: Case, drawn: Sequence[FrameOutline]) -> list[Outline]:
    """Return what was outlined in the viewer, by clip of the exam.

    Raises
    ------
    UnusableInput
        ``outline_elsewhere`` if an outline lies on images that are no clip.
    """
    index = SeriesIndex(case)
    return [_outline(exam, index, outline) for outline in drawn]


def frame_outlines(exam: Exam, case: Case, outlines: Sequence[Outline]) -> list[FrameOutline]:
    """Return outlines given by clip of the exam as the viewer's frames: the way back.

    Raises
    ------
    UnusableInput
        ``no_such_clip`` if the exam has fewer clips.
    """
    index = SeriesIndex(case)
    found = []
    for outline in outlines:
        if outline.image >= len(exam.clips):
            raise UnusableInput(
                "no_such_clip",
                f"The outline names image {outline.image}, but the case has "
                f"{len(exam.clips)} images to outline, counted from 0.",
            )
        place = index.place(exam.clips[outline.image].series_key)
        frame = place.first_frame + outline.frame
        found.append(FrameOutline(place.series.pk, frame, outline.lesion, outline.background))
    return found


def _outline(exam: Exam, index: SeriesIndex, drawn: FrameOutline) -> Outline:
    for number, clip in enumerate(exam.clips):
        series, first = index.place(clip.series_key)
        if series.pk == drawn.series_id and 0 <= drawn.frame - first < clip.shape_tyxc[0]:
            return Outline(drawn.lesion, drawn.background, number, drawn.frame - first)
    raise UnusableInput(
        "outline_elsewhere",
        "An outline lies on images that are neither ultrasound nor a cine; outline the lesion on "
        "those, or say in the menu of the series that its pictures are ultrasound.",
    )


def _clip_keys(series: Series, paths: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """Name each file's clip by the frame of the viewer at which it begins."""
    first: dict[int, int] = {}
    for number, (position, _frame) in enumerate(series.viewing.get("order", ())):
        first.setdefault(position, number)
    for position, path in enumerate(paths):
        yield path, clip_key(series, first.get(position, 0))


def _polygon(corners: Sequence[Sequence[float]]) -> Polygon:
    return tuple((float(x), float(y)) for x, y in corners)
