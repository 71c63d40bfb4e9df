"""What the viewer needs to know about a stored file, read from its de-identified header."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pydicom.pixels import apply_color_lut

from inference.contracts import Clip
from inference.io.clips import frame_times_ms, is_clip, make_clip
from inference.io.headers import FrameHeader, frame_headers, item, number, numbers, text
from inference.io.pixels import is_calibrated

COLOURS = ("red", "green", "blue")
Rescale = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Facts:
    """One stored file as the viewer sees it.

    Parameters
    ----------
    planes
        Its frames, as sorting sees them.
    rescales
        (slope, intercept) of each frame.
    window
        (centre, width) that the scanner proposed; None without a usable one.
    spacing_mm
        Between rows and columns; from the calibrated ultrasound region where there is one.
    frame_time_ms, frame_times_ms
        Of a clip: mean time between frames; when each is shown, where a vector says so.
    calibrated
        Whether rescaled values are Hounsfield units.
    is_clip, is_localizer
        Whether the frames are a cine; whether it only shows where other images were taken.
    lossy
        Whether the header says that the image was compressed with loss.
    pixels_cleaned
        Whether parts of the picture were blackened.
    palette
        Colour lookup table of PALETTE COLOR images.
    """

    planes: tuple[FrameHeader, ...]
    rescales: tuple[Rescale, ...]
    window: tuple[float, float] | None
    spacing_mm: tuple[float, float] | None
    frame_of_reference: str | None
    frame_time_ms: float | None
    frame_times_ms: tuple[float, ...] | None
    calibrated: bool
    is_clip: bool
    is_localizer: bool
    lossy: bool
    pixels_cleaned: bool
    series_number: int
    palette: dict[str, Any] | None


def header_of(encoded: bytes) -> Dataset:
    """Decode a header that this package has written."""
    return read_dataset(io.BytesIO(encoded), False, True)


def describe(header: Dataset, source: str) -> Facts:
    """Read the facts about a stored file.

    Parameters
    ----------
    header
        De-identified header.
    source
        The file's content hash, by which its planes are found again.
    """
    planes = tuple(frame_headers(header, source))
    clip = make_clip(Path(source), header, "") if is_clip(header) else None
    own = _rescale(header)
    return Facts(
        planes=planes,
        rescales=_frame_rescales(header, len(planes)) or (own or (1.0, 0.0),) * len(planes),
        window=_window(header),
        spacing_mm=_spacing(planes, clip),
        frame_of_reference=text(header, "FrameOfReferenceUID") or None,
        frame_time_ms=clip.frame_time_ms if clip is not None else None,
        frame_times_ms=frame_times_ms(header) if clip is not None else None,
        calibrated=is_calibrated(header),
        is_clip=clip is not None and len(planes) > 1,
        is_localizer="LOCALIZER" in text(header, "ImageType"),
        lossy=text(header, "LossyImageCompression") == "01",
        pixels_cleaned="Clean Pixel Data" in text(header, "DeidentificationMethod"),
        series_number=int(number(header, "SeriesNumber") or 0),
        palette=_palette(header),
    )


def _rescale(dataset: Dataset) -> Rescale | None:
    slope, intercept = number(dataset, "RescaleSlope"), number(dataset, "RescaleIntercept")
    if slope is None or intercept is None or slope == 0:
        return None
    return slope, intercept


def _frame_rescales(header: Dataset, n_frames: int) -> tuple[Rescale, ...] | None:
    """Read the Pixel Value Transformation of each frame (PS3.3 C.7.6.16.2.9)."""
    shared = item(header, "SharedFunctionalGroupsSequence")
    groups: Sequence[Dataset] = header.get("PerFrameFunctionalGroupsSequence") or []
    common = _transformation(shared)
    if len(groups) != n_frames:
        return None if common is None else (common,) * n_frames
    found = [_transformation(group) or common for group in groups]
    known = tuple(rescale for rescale in found if rescale is not None)
    return known if len(known) == n_frames else None


def _transformation(group: Dataset | None) -> Rescale | None:
    values = item(group, "PixelValueTransformationSequence")
    return None if values is None else _rescale(values)


def _window(header: Dataset) -> tuple[float, float] | None:
    shared = item(header, "SharedFunctionalGroupsSequence")
    first = item(header, "PerFrameFunctionalGroupsSequence")
    macros = (item(group, "FrameVOILUTSequence") for group in (shared, first))
    for place in (header, *(macro for macro in macros if macro is not None)):
        centre, width = _first(place, "WindowCenter"), _first(place, "WindowWidth")
        if centre is not None and width is not None and width > 0:
            return centre, width
    return None


def _first(dataset: Dataset, keyword: str) -> float | None:
    """Return the first of one or several numbers."""
    written = text(dataset, keyword).split("\\")[0]
    try:
        return float(written)
    except ValueError:
        return None


def _spacing(planes: Sequence[FrameHeader], clip: Clip | None) -> tuple[float, float] | None:
    found = planes[0].spacing_yx_mm if planes else None
    if found is not None and min(found) > 0:
        return found[0], found[1]
    if clip is None or clip.spacing_mm is None:
        return None
    column, row = clip.spacing_mm
    return row, column


def _palette(header: Dataset) -> dict[str, Any] | None:
    """Return the colour tables (PS3.3 C.7.6.3.1.5 to 9) with 8 bits for each entry."""
    if text(header, "PhotometricInterpretation") != "PALETTE COLOR":
        return None
    descriptor = numbers(header, "RedPaletteColorLookupTableDescriptor", 3)
    if descriptor is None:
        return None
    count, first = int(descriptor[0]) or 1 << 16, int(descriptor[1])
    values = np.arange(first, first + count).reshape(1, -1)
    try:
        table = apply_color_lut(values, header)[0]
    except Exception:  # pydicom raises whatever a table of another length leads to
        return None
    shown = table >> 8 if table.max() > 255 else table
    columns = shown.astype(np.uint8).T
    coded = {
        c: base64.b64encode(v.tobytes()).decode() for c, v in zip(COLOURS, columns, strict=True)
    }
    return {"first": first, **coded}
