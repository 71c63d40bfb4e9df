"""Header values that sorting and phase recognition need: cheap to read, no pixels.

Malformed values count as missing: a hostile header can't break a reader of it.
"""

import math
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydicom.dataset import Dataset
from pydicom.tag import Tag

Vector = tuple[float, float, float]

HEADER_TAGS = [
    Tag(keyword)
    for keyword in (
        "SpecificCharacterSet", "ImageType", "SOPClassUID", "SOPInstanceUID", "StudyDate",
        "Modality", "SeriesDescription", "AcquisitionDate", "AcquisitionTime",
        "AcquisitionDateTime", "ContentTime", "PatientBirthDate", "PatientSex", "PatientAge",
        "ContrastBolusAgent", "SliceThickness", "SpacingBetweenSlices", "EchoTime",
        "DiffusionBValue",
        "ProtocolName", "ContrastBolusStartTime", "FrameTime", "FrameTimeVector", "CineRate",
        "SequenceOfUltrasoundRegions", "StudyInstanceUID", "SeriesInstanceUID", "AcquisitionNumber",
        "InstanceNumber", "ImagePositionPatient", "ImageOrientationPatient",
        "TemporalPositionIdentifier", "SamplesPerPixel", "PhotometricInterpretation",
        "NumberOfFrames", "Rows", "Columns", "PixelSpacing", "BitsAllocated", "BitsStored",
        "RescaleIntercept", "RescaleSlope", "RescaleType", "DirectoryRecordSequence",
        "SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence",
        "EncryptedAttributesSequence",
    )
]  # fmt: skip
"""What `pydicom.dcmread(..., specific_tags=HEADER_TAGS)` has to bring for this module."""


def text(dataset: Dataset, keyword: str) -> str:
    """Return an element as stripped text, values joined by a backslash; empty if missing."""
    value = _value(dataset, keyword)
    if value is None:
        return ""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "\\".join(str(part) for part in value).strip()
    return str(value).strip()


def numbers(dataset: Dataset, keyword: str, count: int) -> tuple[float, ...] | None:
    """Return exactly `count` finite numbers of an element; None if it holds anything else."""
    value = _value(dataset, keyword)
    parts = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    try:
        found = tuple(float(part) for part in parts)
    except (TypeError, ValueError):
        return None
    return found if len(found) == count and all(map(math.isfinite, found)) else None


def all_numbers(dataset: Dataset, keyword: str) -> tuple[float, ...] | None:
    """Return the finite numbers of an element, however many; None if it holds anything else."""
    value = _value(dataset, keyword)
    several = isinstance(value, Sequence) and not isinstance(value, str)
    return numbers(dataset, keyword, len(value) if several else 1)


def number(dataset: Dataset, keyword: str) -> float | None:
    """Return one finite number of an element; None if it holds anything else."""
    found = numbers(dataset, keyword, 1)
    return found[0] if found else None


def item(dataset: Dataset | None, keyword: str) -> Dataset | None:
    """Return the first item of a sequence; None if it is missing or empty."""
    sequence = None if dataset is None else _value(dataset, keyword)
    if isinstance(sequence, Sequence) and len(sequence) and isinstance(sequence[0], Dataset):
        return sequence[0]
    return None


def seconds(time: str) -> float | None:
    """Return seconds since midnight of a TM value, or of the time part of a DT (PS3.5 6.2)."""
    digits = time.split("+")[0].split("-")[0]
    whole, _, fraction = digits.partition(".")
    if len(whole) >= 10:  # a date stands before it
        whole = whole[8:]
    whole = whole.replace(":", "")
    if not whole.isdecimal() or len(whole) not in (2, 4, 6):
        return None
    hours, minutes, rest = int(whole[:2]), int(whole[2:4] or 0), int(whole[4:6] or 0)
    if hours > 23 or minutes > 59 or rest > 60:
        return None
    tail = float(f"0.{fraction}") if fraction.isdecimal() else 0.0
    return hours * 3600 + minutes * 60 + rest + tail


def _value(dataset: Dataset, keyword: str) -> Any:
    try:
        return dataset.get(keyword)
    except Exception:  # pydicom converts on access and raises whatever a bad value leads to
        return None


@dataclass(frozen=True, slots=True)
class FrameHeader:
    """One image plane as sorting sees it.

    Parameters
    ----------
    source
        What the caller knows the file by: a path, an index.
    frame
        Number of the frame within the file, from 0.
    shape_yx
        Rows and columns.
    position_mm, orientation, spacing_yx_mm
        Image Position (Patient), Image Orientation (Patient) and Pixel Spacing (between rows,
        between columns); None when missing or malformed.
    thickness_mm
        Spacing Between Slices, else Slice Thickness; used where only one slice exists.
    temporal
        Temporal Position Identifier or Index.
    time_s
        Acquisition time in seconds since midnight, Content Time in its absence.
    instance
        Instance Number, 0 when missing.
    kind
        What keeps images of one series apart though they share places: echo, b-value, image type.
    """

    source: Hashable
    frame: int
    shape_yx: tuple[int, int]
    position_mm: Vector | None = None
    orientation: tuple[float, ...] | None = None
    spacing_yx_mm: tuple[float, ...] | None = None
    thickness_mm: float | None = None
    temporal: float | None = None
    time_s: float | None = None
    instance: float = 0.0
    kind: Hashable = ()


def frame_headers(dataset: Dataset, source: Hashable) -> Iterator[FrameHeader]:
    """Yield the planes of one DICOM file: one, or those of an enhanced multi-frame object.

    Parameters
    ----------
    dataset
        Header with at least `HEADER_TAGS`.
    source
        Kept in each `FrameHeader`.
    """
    shape = int(number(dataset, "Rows") or 0), int(number(dataset, "Columns") or 0)
    instance = number(dataset, "InstanceNumber") or 0.0
    time_s = next(
        (
            found
            for keyword in ("AcquisitionDateTime", "AcquisitionTime", "ContentTime")
            if (found := seconds(text(dataset, keyword))) is not None
        ),
        None,
    )
    shared = item(dataset, "SharedFunctionalGroupsSequence")
    per_frame = _value(dataset, "PerFrameFunctionalGroupsSequence") or []
    if not per_frame:
        for frame in range(n_frames(dataset)):
            yield _plane(source, frame, shape, instance, time_s, [dataset], dataset, _kind(dataset))
        return
    for frame, own in enumerate(per_frame):
        places = [group for group in (own, shared) if group is not None]
        content = item(own, "FrameContentSequence")
        exact = seconds(text(content, "FrameAcquisitionDateTime")) if content else None
        yield _plane(
            source, frame, shape, float(frame), exact or time_s, places, content or Dataset(), ()
        )


def n_frames(dataset: Dataset) -> int:
    """Return Number of Frames, at least 1."""
    return max(1, int(number(dataset, "NumberOfFrames") or 1))


def _plane(
    source: Hashable,
    frame: int,
    shape_yx: tuple[int, int],
    instance: float,
    time_s: float | None,
    places: list[Dataset],
    temporal: Dataset,
    kind: Hashable,
) -> FrameHeader:
    position = _first(places, "PlanePositionSequence", "ImagePositionPatient", 3)
    thickness = _first(places, "PixelMeasuresSequence", "SpacingBetweenSlices", 1) or _first(
        places, "PixelMeasuresSequence", "SliceThickness", 1
    )
    return FrameHeader(
        source=source,
        frame=frame,
        shape_yx=shape_yx,
        position_mm=(position[0], position[1], position[2]) if position else None,
        orientation=_first(places, "PlaneOrientationSequence", "ImageOrientationPatient", 6),
        spacing_yx_mm=_first(places, "PixelMeasuresSequence", "PixelSpacing", 2),
        thickness_mm=abs(thickness[0]) if thickness else None,
        temporal=number(temporal, "TemporalPositionIdentifier")
        or number(temporal, "TemporalPositionIndex"),
        time_s=time_s,
        instance=instance,
        kind=kind,
    )


def _first(
    places: list[Dataset], sequence: str, keyword: str, count: int
) -> tuple[float, ...] | None:
    """Look an attribute up in a functional group's macro, or in the data set itself."""
    for place in places:
        holder = item(place, sequence) or place
        found = numbers(holder, keyword, count)
        if found is not None:
            return found
    return None


def _kind(dataset: Dataset) -> Hashable:
    """Only MR packs several contrasts of the same places into one series."""
    if text(dataset, "Modality") != "MR":
        return ()
    return (
        text(dataset, "ImageType"),
        number(dataset, "EchoTime"),
        number(dataset, "DiffusionBValue"),
    )
