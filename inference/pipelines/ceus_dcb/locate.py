"""Where the lesion is: the outline or box a person drew, carried through the cine."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from inference.contracts import LesionInput, Marks, Notice, Outline
from inference.errors import UnusableInput
from inference.pipelines.ceus_dcb.configuration import Configuration
from inference.pipelines.ceus_dcb.preprocess import Region, carry, picture_of
from inference.pipelines.ceus_dcb.select import Selection
from inference.preprocessing.outlines import check_on_frame, polygon_box, rectangle

SMALL_MM = 10.0
LEAST_RISE = 0.05
"""Grey levels that a curve has to rise to show contrast coming."""


@dataclass(frozen=True, eq=False)
class Located:
    """Lesions of a case, the index lesion first, with all warnings so far."""

    selection: Selection
    regions: tuple[Region, ...]
    warnings: tuple[Notice, ...]


def outlines_of(selection: Selection, marks: Marks) -> tuple[Outline, ...]:
    """Return the outlines given, and boxes as rectangles on frame z of the longest cine.

    Raises
    ------
    UnusableInput
        ``outline_needed`` without any.
    """
    drawn = (*marks.outlines, *(_as_outline(box, selection.longest) for box in marks.lesions))
    if not drawn:
        raise UnusableInput(
            "outline_needed",
            "Model-DCB needs the lesion marked once: give an outline, or a box in pixels, on the "
            "frame of the arterial phase on which the lesion is largest.",
        )
    return drawn


def carry_outline(
    selection: Selection, outline: Outline, settings: Configuration, done: Callable[[int], None]
) -> Region:
    """Follow an outlined lesion through its cine.

    Raises
    ------
    UnusableInput
        ``no_such_clip`` or ``outline_outside``.
    """
    if outline.image >= len(selection.clips):
        raise UnusableInput(
            "no_such_clip",
            f"The outline names clip {outline.image}, but there are {len(selection.clips)}, "
            "counted from 0.",
        )
    clip = selection.clips[outline.image]
    n_frames, *shape_yx, _ = clip.shape_tyxc
    if outline.frame >= n_frames:
        raise UnusableInput(
            "outline_outside",
            f"The outline lies on frame {outline.frame}, but the cine has {n_frames}, counted "
            "from 0.",
        )
    check_on_frame(outline.lesion, shape_yx)
    return carry(clip, outline.frame, polygon_box(outline.lesion), settings, done)


def region_warnings(number: int, region: Region) -> list[Notice]:
    """Say what about a lesion and its curve the networks weren't made for."""
    found = []
    if region.clip.spacing_mm is None:
        found.append(Notice("no_spacing", "The cine states no pixel size; sizes aren't in mm."))
    elif size_mm(region) < SMALL_MM:
        found.append(
            Notice(
                "lesion_small",
                f"Lesion {number} measures {size_mm(region):.0f} mm; Model-DCB was studied on "
                f"lesions above {SMALL_MM:.0f} mm.",
            )
        )
    if region.clip.pictures_px:
        found.append(Notice("dual_display", _dual_display(number, region)))
    smooth = region.curve.smooth
    if float(smooth.max() - smooth[0]) < LEAST_RISE:
        found.append(
            Notice(
                "no_wash_in",
                f"The region around lesion {number} hardly brightens after the beginning; is "
                "this the recording from injection on, in contrast mode?",
            )
        )
    return found


def _dual_display(number: int, region: Region) -> str:
    shown = len(region.clip.pictures_px)
    picture = picture_of(region.clip, region.lesion_box)
    if picture is None:
        return (
            f"The frames show {shown} pictures beside one another, and lesion {number} is outlined "
            "in none of them; outline it in the contrast picture."
        )
    return (
        f"The frames show {shown} pictures beside one another; of lesion {number} only the one it "
        f"is outlined in was used, columns {picture[0] + 1} to {picture[2]}. It must be the "
        "contrast picture."
    )


def size_mm(region: Region) -> float:
    """Return the longer side of the lesion's box in mm; NaN without pixel size."""
    if region.clip.spacing_mm is None:
        return float("nan")
    x0, y0, x1, y1 = region.lesion_box
    return float(np.max(np.array([x1 - x0, y1 - y0]) * region.clip.spacing_mm))


def _as_outline(box: LesionInput, image: int) -> Outline:
    return Outline(rectangle(box), image=image, frame=max(0, round(box.centre_mm[2])))
