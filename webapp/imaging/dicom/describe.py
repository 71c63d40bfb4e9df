"""What the viewer needs to know about a stored file, read from its de-identified header."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset

from inference.io.headers import FrameHeader, frame_headers, item, number, numbers, text

MM_PER_CM = 10.0
_CENTIMETRES = 3  # Physical Units X Direction, PS3.3 C.8.5.5.1.15
_PALETTES = {
    "red": 0x00281201,
    "green": 0x00281202,
    "blue": 0x00281203,
}
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
    calibrated
        Whether rescaled values are Hounsfield units.
    lossy
        Whether the header says that the image was compressed with loss.
    palette
        Colour lookup table of PALETTE COLOR images.
    """

    planes: tuple[FrameHeader, ...]
    rescales: tuple[Rescale, ...]
    window: tuple[float, float] | None
    spacing_mm: tuple[float, float] | None
    frame_of_reference: str | None
    frame_time_ms: float | None
    calibrated: bool
    lossy: bool
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
    own = _rescale(header)
    return Facts(
        planes=planes,
        rescales=_frame_rescales(header, len(planes)) or (own or (1.0, 0.0),) * len(planes),
        window=_window(header),
        spacing_mm=_spacing(header, planes),
        frame_of_reference=text(header, "FrameOfReferenceUID") or None,
        frame_time_ms=_frame_time_ms(header),
        calibrated=_calibrated(header, own is not None),
        lossy=text(header, "LossyImageCompression") == "01",
        series_number=int(number(header, "SeriesNumber") or 0),
        palette=_palette(header),
    )


def _calibrated(header: Dataset, rescaled: bool) -> bool:
    if text(header, "Modality") != "CT":
        return False
    enhanced = "SharedFunctionalGroupsSequence" in header
    return (rescaled or enhanced) and text(header, "RescaleType") in ("", "HU")


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


def _spacing(header: Dataset, planes: Sequence[FrameHeader]) -> tuple[float, float] | None:
    found = planes[0].spacing_yx_mm if planes else None
    if found is not None and min(found) > 0:
        return found[0], found[1]
    return _region_spacing(header)


def _region_spacing(header: Dataset) -> tuple[float, float] | None:
    """Return the pixel size of a single ultrasound region measured in cm (PS3.3 C.8.5.5)."""
    regions = header.get("SequenceOfUltrasoundRegions") or []
    region = regions[0] if len(regions) == 1 else Dataset()
    units = (
        numbers(region, "PhysicalUnitsXDirection", 1),
        numbers(region, "PhysicalUnitsYDirection", 1),
    )
    if units != ((_CENTIMETRES,), (_CENTIMETRES,)):
        return None
    deltas = number(region, "PhysicalDeltaY"), number(region, "PhysicalDeltaX")
    if deltas[0] is None or deltas[1] is None:
        return None
    row, column = abs(deltas[0]) * MM_PER_CM, abs(deltas[1]) * MM_PER_CM
    return (row, column) if min(row, column) > 0 else None


def _frame_time_ms(header: Dataset) -> float | None:
    """Return the time between frames (PS3.3 C.7.6.5), None for stills."""
    stated = number(header, "FrameTime")
    if stated:
        return stated
    steps = [float(step) for step in text(header, "FrameTimeVector").split("\\")[1:] if step]
    if steps and sum(steps) > 0:
        return sum(steps) / len(steps)
    rate = number(header, "CineRate") or number(header, "RecommendedDisplayFrameRate")
    return 1000.0 / rate if rate else None


def _palette(header: Dataset) -> dict[str, Any] | None:
    """Return the colour tables (PS3.3 C.7.6.3.1.5 and 6): first value, bits, entries as base64."""
    if text(header, "PhotometricInterpretation") != "PALETTE COLOR":
        return None
    descriptor = numbers(header, "RedPaletteColorLookupTableDescriptor", 3)
    tables = {name: header.get(data) for name, data in _PALETTES.items()}
    if descriptor is None or any(table is None for table in tables.values()):
        return None
    coded = {name: base64.b64encode(table.value).decode() for name, table in tables.items()}
    return {"first": int(descriptor[1]), "bits": int(descriptor[2]), **coded}
