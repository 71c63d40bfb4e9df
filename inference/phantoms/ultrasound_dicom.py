"""Writing phantom ultrasound as DICOM: US Image (PS3.3 A.6), US Multi-frame Image (PS3.3 A.7).

Uncompressed, explicit little endian; every value follows from the seed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import (
    ExplicitVRLittleEndian,
    UltrasoundImageStorage,
    UltrasoundMultiFrameImageStorage,
)

from inference.phantoms.identity import study_start, unique_id

_CENTIMETRES = 3  # Physical Units X and Y Direction (PS3.3 C.8.5.5.1.15)
_FRAME_TIME = 0x00181063


@dataclass(frozen=True)
class UltrasoundStudy:
    """What all images of one invented examination share.

    Parameters
    ----------
    name
        Case name; becomes the patient's name and identifier.
    seed, index
        The cohort's seed and the position in it.
    age_years, sex
        Of the invented patient.
    description
        Study Description.
    scanner
        Manufacturer's Model Name.
    """

    name: str
    seed: int
    index: int
    age_years: int
    sex: str
    description: str
    scanner: str


@dataclass(frozen=True, eq=False)
class UltrasoundImage:
    """One still or cine.

    Parameters
    ----------
    frames_tyxc
        (t, y, x, c) uint8, c = 1 grey or 3 RGB; one frame is written as a still unless
        `frame_time_ms` is given.
    pixel_mm
        Size of the square pixels.
    series, instance
        Numbers, from 1.
    series_description
        What the series shows.
    region_px
        Calibrated region x0, y0, x1, y1, half-open; None for the whole image.
    frame_time_ms
        Time between frames of a cine.
    seconds
        Beginning of the image, after the beginning of the examination.
    """

    frames_tyxc: NDArray[np.uint8]
    pixel_mm: float
    series: int
    instance: int
    series_description: str
    region_px: Sequence[int] | None = None
    frame_time_ms: float | None = None
    seconds: float = 0.0


def write_ultrasound(path: Path, image: UltrasoundImage, study: UltrasoundStudy) -> None:
    """Write one image to a new file; folders are made if needed."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SpecificCharacterSet = "ISO_IR 192"
    _identity(dataset, study)
    _series(dataset, image, study)
    _pixels(dataset, image)
    dataset.SequenceOfUltrasoundRegions = [_region(image)]
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    path.parent.mkdir(parents=True, exist_ok=True)
    dcmwrite(path, dataset, enforce_file_format=True)


def _identity(dataset: Dataset, study: UltrasoundStudy) -> None:
    """Patient, study and equipment modules."""
    start = study_start(study.seed, study.index)
    dataset.PatientName = f"PHANTOM^{study.name.upper()}"
    dataset.PatientID = study.name.upper()
    dataset.PatientBirthDate = ""
    dataset.PatientSex = study.sex
    dataset.PatientAge = f"{study.age_years:03d}Y"
    dataset.StudyInstanceUID = unique_id(study.name, study.seed, study.index, "study")
    dataset.StudyID = str(study.index + 1)
    dataset.StudyDate = start.strftime("%Y%m%d")
    dataset.StudyTime = start.strftime("%H%M%S")
    dataset.AccessionNumber = ""
    dataset.ReferringPhysicianName = ""
    dataset.StudyDescription = study.description
    dataset.Manufacturer = "Reading Room phantom"
    dataset.ManufacturerModelName = study.scanner
    dataset.SoftwareVersions = "1"


def _series(dataset: Dataset, image: UltrasoundImage, study: UltrasoundStudy) -> None:
    """Series and general image modules."""
    moment = study_start(study.seed, study.index) + timedelta(seconds=image.seconds)
    shape = image.frames_tyxc.shape
    own = study.name, study.seed, study.index, image.series
    dataset.Modality = "US"
    dataset.SeriesInstanceUID = unique_id(*own, "series")
    dataset.SeriesNumber = image.series
    dataset.SeriesDescription = image.series_description
    dataset.BodyPartExamined = "LIVER"
    dataset.SOPInstanceUID = unique_id(*own, shape, "image", image.instance)
    dataset.InstanceNumber = image.instance
    dataset.PatientOrientation = ""
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "ABDOMINAL", "0001"]
    dataset.SeriesDate = dataset.ContentDate = moment.strftime("%Y%m%d")
    dataset.SeriesTime = dataset.ContentTime = moment.strftime("%H%M%S.%f")
    dataset.AcquisitionDateTime = moment.strftime("%Y%m%d%H%M%S.%f")
    if image.frame_time_ms is None:
        dataset.SOPClassUID = UltrasoundImageStorage
        return
    dataset.SOPClassUID = UltrasoundMultiFrameImageStorage
    dataset.NumberOfFrames = shape[0]
    dataset.FrameTime = f"{image.frame_time_ms:.6g}"
    dataset.FrameIncrementPointer = _FRAME_TIME


def _pixels(dataset: Dataset, image: UltrasoundImage) -> None:
    """Image pixel module; ultrasound has no Pixel Spacing but regions (PS3.3 C.8.5.5)."""
    _, rows, columns, channels = image.frames_tyxc.shape
    dataset.SamplesPerPixel = channels
    dataset.PhotometricInterpretation = "RGB" if channels == 3 else "MONOCHROME2"
    if channels == 3:
        dataset.PlanarConfiguration = 0
    dataset.UltrasoundColorDataPresent = int(channels == 3)
    dataset.Rows, dataset.Columns = rows, columns
    dataset.BitsAllocated = dataset.BitsStored = 8
    dataset.HighBit = 7
    dataset.PixelRepresentation = 0
    dataset.LossyImageCompression = "00"
    pixels = np.ascontiguousarray(image.frames_tyxc).tobytes()
    dataset.PixelData = pixels + b"\0" * (len(pixels) % 2)


def _region(image: UltrasoundImage) -> Dataset:
    """Return the calibrated region, a two-dimensional tissue image in centimetres."""
    _, rows, columns, _ = image.frames_tyxc.shape
    x0, y0, x1, y1 = image.region_px or (0, 0, columns, rows)
    region = Dataset()
    region.RegionSpatialFormat = 1
    region.RegionDataType = 1
    region.RegionFlags = 0
    region.RegionLocationMinX0, region.RegionLocationMinY0 = x0, y0
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = x1 - 1, y1 - 1
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = _CENTIMETRES
    region.PhysicalDeltaX = region.PhysicalDeltaY = image.pixel_mm / 10
    return region
