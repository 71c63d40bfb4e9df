"""Where the lesions are: boxes given by a person. The paper has no detector."""

from dataclasses import dataclass

from inference.contracts import Box, Marks, Notice, PixelBox, Volume
from inference.errors import UnusableInput
from inference.pipelines.fourphase_ct.select import Selection

SMALL_MM = 10.0


@dataclass(frozen=True, eq=False)
class MarkedLesion:
    """A lesion box given by a person.

    Parameters
    ----------
    box_mm
        Centre and full size, LPS mm.
    box_px
        Voxel box in `volume`, half-open.
    volume
        The last of the selected volumes.
    """

    box_mm: Box
    box_px: PixelBox
    volume: Volume


@dataclass(frozen=True, eq=False)
class Located:
    """Lesions of a case, the index lesion first, with all warnings so far."""

    selection: Selection
    lesions: tuple[MarkedLesion, ...]
    warnings: tuple[Notice, ...]


def marked_lesions(selection: Selection, marks: Marks) -> Located:
    """Place the boxes given.

    Raises
    ------
    UnusableInput
        ``box_needed`` without a box, ``outline_not_used`` if an outline was drawn,
        ``lesion_outside`` if a box lies outside a phase.
    """
    if marks.outlines:
        raise UnusableInput(
            "outline_not_used", "The four-phase system uses no outline; give a lesion box instead."
        )
    if not marks.lesions:
        raise UnusableInput(
            "box_needed",
            "The four-phase system doesn't look for lesions itself; mark one with a box "
            "(--lesion x,y,z,dx,dy,dz in mm).",
        )
    lesions = []
    warnings = list(selection.warnings)
    for number, lesion in enumerate(marks.lesions, start=1):
        box_px = [_voxels(volume, lesion.box) for volume in selection.volumes]
        if not all(box_px):
            raise UnusableInput(
                "lesion_outside",
                f"Lesion {number} lies outside a phase; give its centre in the patient's "
                "coordinates (LPS, mm).",
            )
        last = box_px[-1]
        assert last is not None
        lesions.append(MarkedLesion(lesion.box, last, selection.volumes[-1]))
        if max(lesion.box.dx, lesion.box.dy) < SMALL_MM:
            warnings.append(_small(number, max(lesion.box.dx, lesion.box.dy)))
    return Located(selection, tuple(lesions), tuple(warnings))


def _voxels(volume: Volume, box: Box) -> PixelBox | None:
    assert volume.geometry is not None, "selected volumes have a geometry"
    px = volume.geometry.pixel_box(box)
    return px if all(low < high for low, high in zip(px[:3], px[3:], strict=True)) else None


def _small(number: int, size_mm: float) -> Notice:
    return Notice(
        "lesion_small",
        f"Lesion {number} measures {size_mm:.0f} mm; below {SMALL_MM:.0f} mm the result is less "
        "certain.",
    )
