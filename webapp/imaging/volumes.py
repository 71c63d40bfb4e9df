"""From the images of one DICOM series to what is shown as one series each: volumes and clips."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from inference.contracts import Notice
from inference.io.reading import volume_key
from inference.io.stacks import build_stacks
from webapp.imaging.dicom.pixels import content_type
from webapp.imaging.images import StoredImage

Json = dict[str, Any]
Place = tuple[StoredImage, int]
"""One frame: the image it lies in, and its number there."""
Group = tuple[tuple[Place, ...], tuple[Notice, ...]]


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
    for itself. Volumes come in the order, and have the keys, of `inference.io.reading.read_exam`;
    localizers and clips, which it leaves out or keeps apart, come after them.
    """
    members = sorted(images, key=lambda image: image.sha256)
    groups = [
        *_stacks([image for image in members if not (image.is_clip or image.is_localizer)]),
        *_stacks([image for image in members if image.is_localizer]),
        *(_clip(image) for image in members if image.is_clip),
    ]
    uid = members[0].identity.series_uid
    return [
        Arranged(volume_key(uid, number), *group)
        for number, group in enumerate(_of_one_format(groups), start=1)
    ]


def _stacks(images: Sequence[StoredImage]) -> Iterator[Group]:
    by_hash = {image.sha256: image for image in images}
    for stack in build_stacks(plane for image in images for plane in image.planes):
        present = [plane for plane in stack.frames if plane is not None]
        places = tuple((by_hash[str(plane.source)], plane.frame) for plane in present)
        yield places, stack.notices


def _clip(image: StoredImage) -> Group:
    return tuple((image, n) for n in range(len(image.frames))), ()


def _of_one_format(groups: Sequence[Group]) -> list[Group]:
    """Split groups of mixed pixel formats; what is split off goes to the end."""
    first: list[Group] = []
    further: list[Group] = []
    for places, notices in groups:
        formats: dict[object, list[Place]] = {}
        for place in places:
            formats.setdefault(place[0].format, []).append(place)
        parts = [(tuple(part), notices) for part in formats.values()]
        first.append(parts[0])
        further += parts[1:]
    return first + further


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
        "pixel": pixel_format(first),
        "rescale": _rescale(rescale),
        "window": facts.window and {"center": facts.window[0], "width": facts.window[1]},
        "spacing_mm": facts.spacing_mm,
        "orientation": plane.orientation,
        "frame_of_reference": facts.frame_of_reference,
        "frame_time_ms": facts.frame_time_ms if first.is_clip else None,
        "frame_times_ms": facts.frame_times_ms if first.is_clip else None,
        "picture": first.is_picture,
        "frames": [_frame(place, rescale) for place in series.frames],
        "order": [[positions[image.sha256], n] for image, n in series.frames],
    }


def pixel_format(image: StoredImage) -> Json:
    """Return the Image Pixel module as the viewer takes it."""
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
