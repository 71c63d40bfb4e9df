"""Cines and ultrasound stills: frames without a place in the patient."""

from collections.abc import Sequence
from functools import partial
from itertools import accumulate, combinations
from pathlib import Path

from pydicom.dataset import Dataset

from inference.contracts import Clip
from inference.io.headers import all_numbers, n_frames, number, text
from inference.io.pixels import load_clip

_ULTRASOUND = frozenset({"US", "IVUS"})
_CENTIMETRES = 3  # Physical Units X and Y Direction (PS3.3 C.8.5.5.1.15)
_2D = 1  # Region Spatial Format (PS3.3 C.8.5.5.1.1)
_CORNERS = (
    "RegionLocationMinX0",
    "RegionLocationMinY0",
    "RegionLocationMaxX1",
    "RegionLocationMaxY1",
)
Box = tuple[int, int, int, int]


def is_clip(header: Dataset) -> bool:
    """Return whether an image is ultrasound or another cine.

    Enhanced objects carry a place for each frame and are volumes.
    """
    enhanced = "PerFrameFunctionalGroupsSequence" in header
    return text(header, "Modality") in _ULTRASOUND or (n_frames(header) > 1 and not enhanced)


def make_clip(path: Path, header: Dataset, series_key: str) -> Clip:
    """Describe a cine by its header; its frames decode on first use."""
    times = frame_times_ms(header)
    rate = number(header, "CineRate")
    time_ms = (
        number(header, "FrameTime")
        or (times[-1] / (len(times) - 1) if times else None)
        or (1000 / rate if rate else None)
    )
    regions = _flat_regions(header)
    grey = text(header, "PhotometricInterpretation").startswith("MONOCHROME")
    rows, columns = int(number(header, "Rows") or 0), int(number(header, "Columns") or 0)
    return Clip(
        partial(load_clip, path),
        frame_time_ms=time_ms,
        series_key=series_key,
        spacing_mm=_spacing(regions),
        modality=text(header, "Modality"),
        shape_tyxc=(n_frames(header), rows, columns, 1 if grey else 3),
        pictures_px=_pictures(regions),
    )


def frame_times_ms(header: Dataset) -> tuple[float, ...] | None:
    """Return when each frame is shown, from the first; None unless a Frame Time Vector says so."""
    steps = all_numbers(header, "FrameTimeVector")
    if steps is None or len(steps) < 2 or len(steps) != n_frames(header) or min(steps[1:]) <= 0:
        return None
    return tuple(accumulate((0.0, *steps[1:])))


def _flat_regions(header: Dataset) -> list[Dataset]:
    """Return the regions that show a picture, not a curve."""
    found = header.get("SequenceOfUltrasoundRegions") or ()
    return [region for region in found if number(region, "RegionSpatialFormat") in (None, _2D)]


def _pictures(regions: Sequence[Dataset]) -> tuple[Box, ...]:
    """Return where pictures stand beside one another; overlapping regions are one picture."""
    boxes = []
    for region in regions:
        corners = [number(region, keyword) for keyword in _CORNERS]
        if None in corners:
            return ()
        x0, y0, x1, y1 = (int(corner or 0) for corner in corners)
        boxes.append((x0, y0, x1 + 1, y1 + 1))
    apart = all(
        a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
        for a, b in combinations(boxes, 2)
    )
    return tuple(boxes) if apart and len(boxes) > 1 else ()


def _spacing(regions: Sequence[Dataset]) -> tuple[float, float] | None:
    """Return the pixel size of all regions, if they are measured in centimetres and alike."""
    sizes = {_pixel_size(region) for region in regions}
    return sizes.pop() if len(sizes) == 1 else None


def _pixel_size(region: Dataset) -> tuple[float, float] | None:
    units = (number(region, f"PhysicalUnits{axis}Direction") for axis in "XY")
    deltas = [abs(number(region, f"PhysicalDelta{axis}") or 0) for axis in "XY"]
    if any(unit != _CENTIMETRES for unit in units) or not all(deltas):
        return None
    return deltas[0] * 10, deltas[1] * 10
