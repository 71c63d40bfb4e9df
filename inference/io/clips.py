"""Cines and ultrasound stills: frames without a place in the patient."""

from functools import partial
from itertools import accumulate
from pathlib import Path

from pydicom.dataset import Dataset

from inference.contracts import Clip
from inference.io.headers import all_numbers, item, n_frames, number, text
from inference.io.pixels import load_clip

_ULTRASOUND = frozenset({"US", "IVUS"})
_CENTIMETRES = 3  # Physical Units X and Y Direction (PS3.3 C.8.5.5.1.15)


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
    grey = text(header, "PhotometricInterpretation").startswith("MONOCHROME")
    rows, columns = int(number(header, "Rows") or 0), int(number(header, "Columns") or 0)
    return Clip(
        partial(load_clip, path),
        frame_time_ms=time_ms,
        series_key=series_key,
        spacing_mm=_region_spacing(header),
        modality=text(header, "Modality"),
        shape_tyxc=(n_frames(header), rows, columns, 1 if grey else 3),
    )


def frame_times_ms(header: Dataset) -> tuple[float, ...] | None:
    """Return when each frame is shown, from the first; None unless a Frame Time Vector says so."""
    steps = all_numbers(header, "FrameTimeVector")
    if steps is None or len(steps) < 2 or len(steps) != n_frames(header) or min(steps[1:]) <= 0:
        return None
    return tuple(accumulate((0.0, *steps[1:])))


def _region_spacing(header: Dataset) -> tuple[float, float] | None:
    """Return the pixel size of the only ultrasound region, if it is measured in centimetres."""
    region = item(header, "SequenceOfUltrasoundRegions")
    if region is None or len(header.SequenceOfUltrasoundRegions) != 1:
        return None
    units = (number(region, f"PhysicalUnits{axis}Direction") for axis in "XY")
    deltas = [abs(number(region, f"PhysicalDelta{axis}") or 0) for axis in "XY"]
    if any(unit != _CENTIMETRES for unit in units) or not all(deltas):
        return None
    return deltas[0] * 10, deltas[1] * 10
