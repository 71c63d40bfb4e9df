"""Where the lesions are: boxes given by a person, or the detector's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from torch import nn

from inference.contracts import Box, LesionInput, Notice, PixelBox, Volume
from inference.contracts.geometry import bounding_box
from inference.detection.link import Candidate, Track, link_slices, merge_phases
from inference.detection.slices import detect_slices
from inference.errors import UnusableInput
from inference.pipelines.lilnet_ct.configuration import Configuration
from inference.pipelines.lilnet_ct.liver import LEAST_SHARE, find_liver
from inference.pipelines.lilnet_ct.preprocess import grey_levels
from inference.pipelines.lilnet_ct.select import Selection, grid_of

SMALL_MM = 10.0


@dataclass(frozen=True, eq=False)
class FoundLesion:
    """A lesion and where it lies in each volume.

    Parameters
    ----------
    box
        In LPS mm; in voxels where there is no geometry.
    places
        Volumes it lies in, with its voxel box there.
    """

    box: Box
    places: tuple[tuple[Volume, PixelBox], ...]
    confidence: float
    source: Literal["given", "detected"]


@dataclass(frozen=True, eq=False)
class Located:
    """Lesions of a case, the index lesion first when given, with all warnings so far."""

    selection: Selection
    lesions: tuple[FoundLesion, ...]
    warnings: tuple[Notice, ...]


def given_lesions(selection: Selection, lesions: Sequence[LesionInput]) -> tuple[FoundLesion, ...]:
    """Place boxes given by a person.

    Raises
    ------
    UnusableInput
        ``lesion_outside`` if a box lies outside every volume.
    """
    found = []
    for number, lesion in enumerate(lesions, start=1):
        places = _places(selection.volumes, lesion.box)
        if not places:
            raise UnusableInput(
                "lesion_outside",
                f"Lesion {number} lies outside the images; give its centre in the patient's "
                "coordinates (LPS, mm), or in pixels for images without geometry.",
            )
        found.append(FoundLesion(lesion.box, places, 1.0, "given"))
    return tuple(found)


def detect_lesions(
    selection: Selection,
    detector: nn.Module,
    configuration: Configuration,
    done: Callable[[int], None],
) -> tuple[FoundLesion, ...]:
    """Look for lesions on every slice of every volume; most confident first."""
    candidates = []
    for volume in selection.volumes:
        boxes = detect_slices(
            detector,
            lambda first, last, volume=volume: grey_levels(  # type: ignore[misc]
                volume.array_zyx[first:last], configuration, calibrated=volume.calibrated
            ),
            volume.shape_zyx,
            image_px=configuration.detector.image_px,
            confidence=configuration.detector_confidence,
            batch=configuration.batch,
            done=done,
        )
        candidates += [_candidate(volume, track) for track in link_slices(boxes)]
    found = []
    for candidate in merge_phases(candidates):
        places = _places(selection.volumes, candidate.box)
        if places and candidate.n_slices >= configuration.least_slices:
            found.append(FoundLesion(candidate.box, places, candidate.confidence, "detected"))
    return tuple(found)


def inside_liver(
    selection: Selection, found: tuple[FoundLesion, ...], segmenter: nn.Module | None
) -> tuple[tuple[FoundLesion, ...], list[Notice]]:
    """Drop finds outside the liver of every volume; keep all and say so where it isn't found."""
    if not found:
        return found, []
    livers = [] if segmenter is None else [find_liver(segmenter, v) for v in selection.volumes]
    known = [liver for liver in livers if liver is not None]
    if not known:
        return found, [
            Notice(
                "liver_not_found",
                "The liver couldn't be outlined on these images, so finds outside it weren't "
                "removed.",
            )
        ]
    kept = (
        lesion
        for lesion in found
        if max(liver.share_inside(lesion.box) for liver in known) >= LEAST_SHARE
    )
    return tuple(kept), []


def size_warnings(located: Sequence[FoundLesion], configuration: Configuration) -> list[Notice]:
    """Say which lesions are smaller or larger than what the networks see well."""
    warnings = []
    for number, lesion in enumerate(located, start=1):
        volume = lesion.places[0][0]
        if volume.geometry is None:
            continue
        size = max(lesion.box.dx, lesion.box.dy)
        pixel = configuration.pixel_mm or volume.geometry.spacing_mm[0]
        limit = configuration.crop_px * pixel
        if size < SMALL_MM:
            warnings.append(
                Notice(
                    "lesion_small",
                    f"Lesion {number} measures {size:.0f} mm; few lesions below {SMALL_MM:.0f} mm "
                    "were studied.",
                )
            )
        if size > limit:
            warnings.append(
                Notice(
                    "lesion_large",
                    f"Lesion {number} measures {size:.0f} mm and doesn't fit into the "
                    f"{limit:.0f} mm the networks see.",
                )
            )
    return warnings


def no_lesion() -> Notice:
    """Say that nothing was found."""
    return Notice(
        "no_lesion",
        "No lesion was found, so nothing was classified; this doesn't mean that there is none. "
        "Mark a lesion to have it classified.",
    )


def _places(volumes: Sequence[Volume], box: Box) -> tuple[tuple[Volume, PixelBox], ...]:
    boxes = [(volume, grid_of(volume).pixel_box(box)) for volume in volumes]
    return tuple(
        (volume, px)
        for volume, px in boxes
        if all(low < high for low, high in zip(px[:3], px[3:], strict=True))
    )


def _candidate(volume: Volume, track: Track) -> Candidate:
    low = (track.x0, track.y0, track.z0 - 0.5)
    high = (track.x1, track.y1, track.z1 - 0.5)
    corners = bounding_box([low, high]).corners()
    box = bounding_box(grid_of(volume).world_from_index(corners))
    return Candidate(box, track.confidence, track.n_slices)
