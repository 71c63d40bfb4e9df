"""From stored values to the arrays that pipelines take: Hounsfield units, grey levels, clips.

One file at a time is open, and frames are written straight to their place, so that reading a
volume needs little more memory than the volume.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut

from inference.errors import UnusableInput
from inference.io.dicom import decode_frames, read_file
from inference.io.headers import item, n_frames, number, text
from inference.io.problems import Problem, unusable
from inference.io.stacks import Stack

AIR_HU = -1024.0
"""What padding outside the scanned circle becomes in calibrated volumes."""

_LUMA = np.array((0.299, 0.587, 0.114), np.float32)  # ITU-R BT.601

Floats = NDArray[np.float32]


def rescale_of(dataset: Dataset, frame: int = 0) -> tuple[float, float, str] | None:
    """Return slope, intercept and unit of a frame's rescale (PS3.3 C.11.1, C.7.6.16.2.9).

    None where the file has none, or a look-up table instead. The unit is empty when not stated.
    """
    places = [item(dataset, "SharedFunctionalGroupsSequence"), dataset]
    per_frame = dataset.get("PerFrameFunctionalGroupsSequence") or []
    if frame < len(per_frame):
        places.insert(0, per_frame[frame])
    for place in places:
        holder = item(place, "PixelValueTransformationSequence") or place
        if holder is None:
            continue
        slope, intercept = number(holder, "RescaleSlope"), number(holder, "RescaleIntercept")
        if slope and intercept is not None:
            return slope, intercept, text(holder, "RescaleType")
    return None


def is_calibrated(header: Dataset) -> bool:
    """Return whether rescaled values are Hounsfield units (PS3.3 C.8.2.1.1.3)."""
    if text(header, "Modality") != "CT":
        return False
    found = rescale_of(header)
    return found is not None and found[2] in ("", "HU")


def load_volume(stack: Stack, calibrated: bool) -> Floats:
    """Decode a stack's planes into one array.

    Parameters
    ----------
    stack
        Planes whose `source` is a path.
    calibrated
        Whether values are Hounsfield units; padding becomes air then.

    Returns
    -------
    ndarray
        (z, y, x) float32. Colour becomes luma; MONOCHROME1 without calibration is inverted, so
        that brighter is always more.

    Raises
    ------
    UnusableInput
        A `Problem` code; the message names the first slice that can't be decoded.
    """
    volume = np.empty(stack.shape_zyx, np.float32)
    wanted: dict[Path, list[tuple[int, int]]] = {}
    for slot, plane in enumerate(stack.frames):
        if plane is not None:
            assert isinstance(plane.source, Path)
            wanted.setdefault(plane.source, []).append((plane.frame, slot))
    for path, places in wanted.items():
        try:
            _load_file(path, places, volume, calibrated)
        except UnusableInput as error:
            where = f"Slice {places[0][1] + 1} of {len(volume)}" if len(places) == 1 else "A file"
            raise UnusableInput(error.code, f"{where} can't be used. {error.message}") from error
    _fill_missing(volume, [slot for slot, plane in enumerate(stack.frames) if plane is None])
    return volume


def _load_file(
    path: Path, places: Sequence[tuple[int, int]], volume: Floats, calibrated: bool
) -> None:
    """Decode frames of one file to their slots; `places` holds (frame, slot)."""
    dataset = read_file(path)
    frames = [frame for frame, _ in places]
    for (frame, slot), stored in zip(places, decode_frames(dataset, frames), strict=True):
        if stored.shape[:2] != volume.shape[1:]:
            raise unusable(Problem.BROKEN_HEADER, "frames of different size")
        volume[slot] = _grey(dataset, frame, stored, calibrated)


def _fill_missing(volume: Floats, missing: Sequence[int]) -> None:
    """Interpolate linearly between the nearest slices that exist; the ends always do."""
    gone = set(missing)
    for slot in missing:
        below = next(z for z in range(slot, -1, -1) if z not in gone)
        above = next(z for z in range(slot, len(volume)) if z not in gone)
        share = (slot - below) / (above - below)
        volume[slot] = (1 - share) * volume[below] + share * volume[above]


def _grey(dataset: Dataset, frame: int, stored: NDArray[Any], calibrated: bool) -> Floats:
    photometric = text(dataset, "PhotometricInterpretation")
    if photometric == "PALETTE COLOR":
        stored = apply_color_lut(stored, dataset)
    if stored.ndim == 3:
        return np.asarray(stored.astype(np.float32) @ _LUMA)
    padding = _padding(dataset, stored)
    if "ModalityLUTSequence" in dataset:
        values = np.asarray(apply_modality_lut(stored, dataset)).astype(np.float32)
    else:
        values = stored.astype(np.float32)
        if photometric == "MONOCHROME1" and not calibrated:
            values = np.float32(_largest(dataset)) - values
        slope, intercept, _ = rescale_of(dataset, frame) or (1.0, 0.0, "")
        values *= np.float32(slope)
        values += np.float32(intercept)
    if padding is not None and not padding.all():
        values[padding] = AIR_HU if calibrated else values[~padding].min()
    return values


def _largest(dataset: Dataset) -> float:
    """Sum of the smallest and the largest value that can be stored."""
    bits = int(number(dataset, "BitsStored") or 16)
    return -1.0 if number(dataset, "PixelRepresentation") == 1 else float((1 << bits) - 1)


def _padding(dataset: Dataset, stored: NDArray[Any]) -> NDArray[np.bool_] | None:
    """Return where stored values are padding (PS3.3 C.7.5.1.1.2), None where nothing is."""
    value = number(dataset, "PixelPaddingValue")
    if value is None:
        return None
    signed = np.issubdtype(stored.dtype, np.signedinteger)
    limits = [value, number(dataset, "PixelPaddingRangeLimit")]
    # written as unsigned although the pixels are signed: a common fault
    low, *rest = sorted(n - 65536 if signed and n > 32767 else n for n in limits if n is not None)
    mask: NDArray[np.bool_] = (stored >= low) & (stored <= (rest[0] if rest else low))
    return mask if mask.any() else None


def load_clip(path: Path) -> NDArray[np.uint8]:
    """Decode all frames of a multi-frame or colour image.

    Returns
    -------
    ndarray
        (t, y, x, c) uint8: c = 3 RGB, or 1 grey; deeper samples are scaled to 8 bits.

    Raises
    ------
    UnusableInput
        A `Problem` code.
    """
    dataset = read_file(path)
    clip: NDArray[np.uint8] | None = None
    for n, stored in enumerate(decode_frames(dataset)):
        frame = _eight_bit(dataset, stored)
        if clip is None:
            clip = np.empty((n_frames(dataset), *frame.shape), np.uint8)
        clip[n] = frame
    assert clip is not None  # decode_frames yields at least one frame or raises
    return clip


def _eight_bit(dataset: Dataset, stored: NDArray[Any]) -> NDArray[np.uint8]:
    photometric = text(dataset, "PhotometricInterpretation")
    bits = int(number(dataset, "BitsStored") or 8)
    if photometric == "PALETTE COLOR":
        stored = apply_color_lut(stored, dataset)
        bits = 8 * stored.dtype.itemsize
    values = stored if stored.ndim == 3 else stored[..., None]
    if values.dtype == np.uint8:
        return np.asarray(values, np.uint8)
    low = float(-(1 << (bits - 1))) if values.dtype.kind == "i" else 0.0
    scaled = (values.astype(np.float32) - low) * np.float32(255 / ((1 << bits) - 1))
    if photometric == "MONOCHROME1":
        scaled = 255 - scaled
    whole: NDArray[np.uint8] = np.clip(np.rint(scaled), 0, 255).astype(np.uint8)
    return whole
