"""From the images of one DICOM series to what is shown as one series each: volumes and clips."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from inference.contracts import Notice
from inference.io.stacks import build_stacks
from webapp.imaging.dicom.pixels import content_type
from webapp.imaging.images import StoredImage

Json = dict[str, Any]
Place = tuple[StoredImage, int]
"""One frame: the image it lies in, and its number there."""


@dataclass(frozen=True)
class Arranged:
    """One series as it is shown: frames in order, foot to head or in time.

    Parameters
    ----------
    key
        Remapped SeriesInstanceUID, with ``#2`` ... for further volumes of it.
    notices
        What sorting found unusual: missing slices, uneven spacing.
    """

    key: str
    frames: tuple[Place, ...]
    notices: tuple[Notice, ...]

    @property
    def images(self) -> list[StoredImage]:
        """The images the frames lie in, each once, in order of their first frame."""
        return list({image.sha256: image for image, _ in self.frames}.values())

    @property
    def first(self) -> StoredImage:
        """The image of the first frame."""
        return self.frames[0][0]

    @property
    def calibrated(self) -> bool:
        """Whether all values are Hounsfield units at known places."""
        return all(
            image.facts.calibrated and image.planes[n].position_mm is not None
            for image, n in self.frames
        )


def arrange(images: Iterable[StoredImage]) -> list[Arranged]:
    """Split the images of one DICOM series into volumes and clips, frames in order.

    Frames of one volume have one pixel format, so that the viewer reads it once; a clip stands
    for itself. The order is that of `inference.io.stacks.build_stacks`.
    """
    by_format: dict[object, dict[str, StoredImage]] = {}
    for image in images:
        format_ = (image.sha256 if image.is_clip else "", image.format)
        by_format.setdefault(format_, {})[image.sha256] = image
    found: list[tuple[tuple[Place, ...], tuple[Notice, ...]]] = []
    for members in by_format.values():
        planes = (plane for image in members.values() for plane in image.planes)
        for stack in build_stacks(planes):
            present = [plane for plane in stack.frames if plane is not None]
            places = tuple((members[str(plane.source)], plane.frame) for plane in present)
            found.append((places, stack.notices))
    uid = found[0][0][0][0].identity.series_uid
    keys = [uid, *(f"{uid}#{n}" for n in range(2, len(found) + 1))]
    return [Arranged(key, *parts) for key, parts in zip(keys, found, strict=True)]


def viewing(series: Arranged) -> Json:
    """Return what the viewer needs to know about a series, as kept in `Series.viewing`.

    ``order`` names for each shown frame the image (its position in the series) and the frame in
    it; the other keys are those of the manifest.
    """
    positions = {image.sha256: n for n, image in enumerate(series.images)}
    first, at = series.frames[0]
    plane, facts = first.planes[at], first.facts
    rescale = facts.rescales[at]
    return {
        "content_type": content_type(first.syntax),
        "pixel": _pixel(first),
        "rescale": _rescale(rescale),
        "window": facts.window and {"center": facts.window[0], "width": facts.window[1]},
        "spacing_mm": facts.spacing_mm,
        "orientation": plane.orientation,
        "frame_of_reference": facts.frame_of_reference,
        "frame_time_ms": facts.frame_time_ms if first.is_clip else None,
        "frames": [_frame(place, rescale) for place in series.frames],
        "order": [[positions[image.sha256], n] for image, n in series.frames],
    }


def _pixel(image: StoredImage) -> Json:
    plan = image.layout
    palette = {"palette": image.facts.palette} if image.facts.palette else {}
    return {
        "rows": plan.rows,
        "columns": plan.columns,
        "bits_allocated": plan.bits_allocated,
        "bits_stored": plan.bits_stored,
        "high_bit": plan.high_bit,
        "pixel_representation": int(plan.signed),
        "samples_per_pixel": plan.samples,
        "photometric_interpretation": plan.photometric,
        "planar_configuration": plan.planar,
        **palette,
    }


def _frame(place: Place, usual: tuple[float, float]) -> Json:
    image, n = place
    own = image.facts.rescales[n]
    described: Json = {"position_mm": image.planes[n].position_mm}
    if own != usual:
        described["rescale"] = _rescale(own)
    return described


def _rescale(rescale: tuple[float, float]) -> Json:
    return {"slope": rescale[0], "intercept": rescale[1]}
