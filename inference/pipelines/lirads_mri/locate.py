"""Where the lesions are: segmented in the delayed phase, inside boxes given or everywhere."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from torch import nn

from inference.contracts import ContrastPhase, LesionInput, Notice
from inference.errors import UnusableInput
from inference.pipelines.lirads_mri.configuration import DELAYED, Configuration
from inference.pipelines.lirads_mri.preprocess import Scale, grid_of, scale_of
from inference.pipelines.lirads_mri.segment import (
    Region,
    find_regions,
    lesion_probabilities,
    region_in_box,
)
from inference.pipelines.lirads_mri.select import Selection


@dataclass(frozen=True, eq=False)
class Located:
    """Lesions of a case, the index lesion first when given, else the largest.

    Parameters
    ----------
    scales
        Limits of equation 1 of each phase's volume.
    warnings
        All so far.
    """

    selection: Selection
    scales: Mapping[ContrastPhase, Scale]
    regions: tuple[Region, ...]
    warnings: tuple[Notice, ...]


def measure_scales(
    selection: Selection, configuration: Configuration
) -> tuple[dict[ContrastPhase, Scale], list[Notice]]:
    """Return the limits of equation 1, with a warning where the images' scale is unusual."""
    scales = {
        phase: scale_of(volume, configuration.floor) for phase, volume in selection.volumes.items()
    }
    if all(scale.usual for scale in scales.values()):
        return scales, []
    message = (
        f"The images' grey values are on another scale than the paper's; instead of "
        f"{configuration.floor:g} a share of their 99th percentile was taken for background."
    )
    return scales, [Notice("intensity_scale", message)]


def given_regions(
    selection: Selection,
    lesions: Sequence[LesionInput],
    segmenter: nn.Module,
    scale: Scale,
    configuration: Configuration,
    done: Callable[[int], None],
) -> tuple[tuple[Region, ...], list[Notice]]:
    """Segment inside boxes given by a person.

    Raises
    ------
    UnusableInput
        ``lesion_outside`` if a box lies outside the delayed volume.
    """
    volume = selection.volumes[DELAYED]
    geometry = grid_of(volume)
    regions: list[Region] = []
    notices: list[Notice] = []
    for number, lesion in enumerate(lesions, start=1):
        box = geometry.pixel_box(lesion.box)
        x0, y0, z0, x1, y1, z1 = box
        if x0 == x1 or y0 == y1 or z0 == z1:
            raise UnusableInput(
                "lesion_outside",
                f"Lesion {number} lies outside the delayed images; give its centre in the "
                "patient's coordinates (LPS, mm).",
            )
        slices = lesion_probabilities(volume, segmenter, scale, configuration, (z0, z1), done)
        region, seen = region_in_box(slices[:, y0:y1, x0:x1], box, geometry, configuration)
        regions.append(region)
        if not seen:
            message = (
                f"Lesion {number} couldn't be segmented in the delayed phase; the ellipsoid in "
                "its box stands for it, so its size is the box's."
            )
            notices.append(Notice("not_segmented", message))
    return tuple(regions), notices


def slices_to_segment(selection: Selection, lesions: Sequence[LesionInput]) -> int:
    """Return how many slices will go through the segmenter."""
    volume = selection.volumes[DELAYED]
    if not lesions:
        return volume.shape_zyx[0]
    boxes = [grid_of(volume).pixel_box(lesion.box) for lesion in lesions]
    return sum(box[5] - box[2] for box in boxes)


def detected_regions(
    selection: Selection,
    segmenter: nn.Module,
    scale: Scale,
    configuration: Configuration,
    done: Callable[[int], None],
) -> tuple[Region, ...]:
    """Segment the whole delayed volume; largest lesion first."""
    volume = selection.volumes[DELAYED]
    everywhere = (0, volume.shape_zyx[0])
    probabilities = lesion_probabilities(volume, segmenter, scale, configuration, everywhere, done)
    return find_regions(probabilities, grid_of(volume), configuration)
