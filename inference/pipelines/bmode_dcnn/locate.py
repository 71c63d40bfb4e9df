"""Where the lesion is: outlines drawn by a person, or boxes in their place."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

from inference.contracts import Clip, LesionInput, Marks, Notice, Outline, Polygon
from inference.errors import UnusableInput
from inference.pipelines.bmode_dcnn.configuration import IMAGES, Configuration
from inference.pipelines.bmode_dcnn.preprocess import Region, cut_region, grey_frame, mean_grey
from inference.pipelines.bmode_dcnn.select import Selection
from inference.preprocessing.outlines import check_on_frame, rectangle
from inference.registry.systems import BMODE_DCNN

LEAST_MM = 10.0


@dataclass(frozen=True, eq=False)
class View:
    """The lesion on one image.

    Parameters
    ----------
    clip, frame
        Where it was drawn.
    lesion, background
        Regions as the networks see them; no background where none was drawn.
    size_mm
        Longest diameter of the outline; None without pixel size.
    mean_grey
        Mean grey level of the lesion, for the plainest of comparisons.
    """

    clip: Clip
    frame: int
    lesion: Region
    background: Region | None
    size_mm: float | None
    mean_grey: float


@dataclass(frozen=True, eq=False)
class Located:
    """The views of the lesion and everything to be warned of so far."""

    selection: Selection
    views: tuple[View, ...]
    warnings: tuple[Notice, ...]


def locate_lesion(selection: Selection, marks: Marks, settings: Configuration) -> Located:
    """Cut the marked regions out of their images. All marks show one and the same lesion.

    Raises
    ------
    UnusableInput
        ``no_marks`` without outline and box, ``no_image`` for a mark on an image that doesn't
        exist, ``outline_outside`` for one beside its image.
    """
    outlines = [*marks.outlines, *(_outline(lesion, selection.clips) for lesion in marks.lesions)]
    if not outlines:
        raise UnusableInput(
            "no_marks",
            "DCNN-US finds no lesions by itself: give --outline with the lesion and liver "
            "background drawn on each image, or --lesion with a box.",
        )
    views = tuple(_view(outline, selection.clips, settings) for outline in outlines)
    return Located(selection, views, (*selection.warnings, *_remarks(views, bool(marks.lesions))))


def _outline(lesion: LesionInput, clips: Sequence[Clip]) -> Outline:
    """Turn a box into an outline; z is the image, or the frame where there is one image only."""
    place = max(0, round(lesion.centre_mm[2]))
    if len(clips) == 1:
        return Outline(rectangle(lesion), frame=place)
    return Outline(rectangle(lesion), image=place)


def _view(outline: Outline, clips: Sequence[Clip], settings: Configuration) -> View:
    clip = clips[outline.image] if outline.image < len(clips) else None
    if clip is None or outline.frame >= clip.shape_tyxc[0]:
        raise UnusableInput(
            "no_image",
            f"Image {outline.image}, frame {outline.frame} doesn't exist; the examination has "
            f"{len(clips)} images, counted from 0.",
        )
    if clip.modality != BMODE_DCNN.modality:
        raise UnusableInput(
            "no_image", f"Image {outline.image} isn't ultrasound; mark the lesion on another one."
        )
    pixels = grey_frame(clip, outline.frame)
    regions: list[Region | None] = []
    for polygon, what in ((outline.lesion, "A lesion"), (outline.background, "A background")):
        if polygon is None:
            regions.append(None)
            continue
        check_on_frame(polygon, pixels.shape, what)
        regions.append(cut_region(pixels, polygon, settings.side_px, frame=outline.frame))
    lesion, background = regions
    assert lesion is not None
    return View(
        clip,
        outline.frame,
        lesion,
        background,
        _diameter_mm(outline.lesion, clip),
        mean_grey(pixels, outline.lesion),
    )


def _diameter_mm(outline: Polygon, clip: Clip) -> float | None:
    if clip.spacing_mm is None:
        return None
    step_x, step_y = clip.spacing_mm
    return max(hypot((x - u) * step_x, (y - v) * step_y) for x, y in outline for u, v in outline)


def _remarks(views: Sequence[View], boxes: bool) -> list[Notice]:
    found = []
    if len(views) < IMAGES:
        found.append(
            Notice(
                "few_images",
                f"The paper averages {IMAGES} images of a lesion; {len(views)} were marked, so the "
                "result is less certain.",
            )
        )
    if boxes:
        found.append(
            Notice("box_for_outline", "A box was taken for an outline; its corners aren't lesion.")
        )
    sizes = [view.size_mm for view in views if view.size_mm is not None]
    if not sizes:
        found.append(
            Notice("no_spacing", "The images state no pixel size, so the size isn't known in mm.")
        )
    elif max(sizes) <= LEAST_MM:
        found.append(
            Notice(
                "lesion_small",
                f"The lesion measures {max(sizes):.0f} mm; only lesions above {LEAST_MM:.0f} mm "
                "were studied.",
            )
        )
    return found
