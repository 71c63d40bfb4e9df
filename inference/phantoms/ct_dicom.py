"""Writing phantom CT as DICOM: the CT Image IOD (PS3.3 A.3), one folder per series.

Uncompressed, explicit little endian; every value follows from the seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from inference.contracts import ContrastPhase
from inference.phantoms.acquisition import Scanner
from inference.phantoms.identity import study_start, unique_id

if TYPE_CHECKING:
    from inference.phantoms.ct import PhantomCase, PhantomPhase

_DESCRIPTIONS: dict[str, dict[ContrastPhase, str]] = {
    "en": {
        ContrastPhase.NON_CONTRAST: "Abdomen without contrast",
        ContrastPhase.ARTERIAL: "Abdomen late arterial",
        ContrastPhase.PORTAL_VENOUS: "Abdomen portal venous",
        ContrastPhase.DELAYED: "Abdomen delayed",
    },
    "de": {
        ContrastPhase.NON_CONTRAST: "Oberbauch nativ",
        ContrastPhase.ARTERIAL: "Oberbauch arteriell",
        ContrastPhase.PORTAL_VENOUS: "Oberbauch portalvenös",
        ContrastPhase.DELAYED: "Oberbauch Spätphase",
    },
    "fr": {
        ContrastPhase.NON_CONTRAST: "Foie sans injection",
        ContrastPhase.ARTERIAL: "Foie temps artériel",
        ContrastPhase.PORTAL_VENOUS: "Foie temps portal",
        ContrastPhase.DELAYED: "Foie temps tardif",
    },
    "zh": {
        ContrastPhase.NON_CONTRAST: "上腹部 平扫",
        ContrastPhase.ARTERIAL: "上腹部 动脉期",
        ContrastPhase.PORTAL_VENOUS: "上腹部 门静脉期",
        ContrastPhase.DELAYED: "上腹部 延迟期",
    },
}
_POSITIONS = {"feet_first": "FFS", "prone_view": "HFP"}


def write_case(case: PhantomCase, folder: Path) -> None:
    """Write all phases of a case as DICOM files below `folder`."""
    clock = study_start(case.seed, case.index)
    for number, made in enumerate(case.phases(), start=1):
        series = folder / f"SE{number:02d}"
        series.mkdir(parents=True)
        header = _header(case, made.phase, number, clock)
        for instance, image in _instances(case, made, header, number):
            dcmwrite(series / f"IM{instance:04d}.dcm", image, enforce_file_format=True)


def _uid(case: PhantomCase, *parts: object) -> str:
    return unique_id(case.name, case.geometry.shape_zyx, *parts)


def _header(case: PhantomCase, phase: ContrastPhase, number: int, injection: datetime) -> Dataset:
    """Return what all images of a series share."""
    image = Dataset()
    image.file_meta = FileMetaDataset()
    image.file_meta.MediaStorageSOPClassUID = CTImageStorage
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.SpecificCharacterSet = "ISO_IR 192"
    _identity(image, case, injection)
    _series(image, case, phase, number, injection)
    _pixels(image, case)
    return image


def _identity(image: Dataset, case: PhantomCase, injection: datetime) -> None:
    """Patient, study and equipment modules."""
    image.PatientName = f"PHANTOM^{case.name.upper()}"
    image.PatientID = case.name.upper()
    image.PatientBirthDate = ""
    image.PatientSex = case.sex
    image.PatientAge = f"{case.age_years:03d}Y"
    image.StudyInstanceUID = _uid(case, "study")
    image.StudyID = str(case.index + 1)
    image.StudyDate = injection.strftime("%Y%m%d")
    image.StudyTime = (injection - timedelta(minutes=5)).strftime("%H%M%S")
    image.AccessionNumber = ""
    image.ReferringPhysicianName = ""
    image.StudyDescription = "Phantom CT of the upper abdomen"
    image.FrameOfReferenceUID = _uid(case, "frame of reference")
    image.PositionReferenceIndicator = ""
    image.Manufacturer = "Reading Room phantom"
    image.ManufacturerModelName = case.acquisition.scanner.name
    image.SoftwareVersions = "1"


def _series(
    image: Dataset, case: PhantomCase, phase: ContrastPhase, number: int, injection: datetime
) -> None:
    """Series, contrast and acquisition modules; a third of the cases name no phase in words."""
    acquisition = case.acquisition
    start = injection + timedelta(seconds=acquisition.delays_s[phase])
    words = _DESCRIPTIONS[acquisition.scanner.language][phase]
    if case.index % 3 == 2:
        words = "Abdomen"
    image.SOPClassUID = CTImageStorage
    image.Modality = "CT"
    image.SeriesInstanceUID = _uid(case, "series", phase)
    image.SeriesNumber = number
    image.SeriesDescription = f"{words} {acquisition.thickness_mm:.1f} {acquisition.kernel.name}"
    image.ProtocolName = "Liver multiphase"
    image.BodyPartExamined = "ABDOMEN"
    image.PatientPosition = _POSITIONS.get(acquisition.orientation, "HFS")
    image.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    image.SeriesDate = image.AcquisitionDate = image.ContentDate = start.strftime("%Y%m%d")
    image.SeriesTime = image.AcquisitionTime = image.ContentTime = start.strftime("%H%M%S.%f")
    image.AcquisitionNumber = number
    image.KVP = "120"
    image.ConvolutionKernel = acquisition.kernel.name
    image.SliceThickness = f"{acquisition.thickness_mm:g}"
    if phase is not ContrastPhase.NON_CONTRAST:
        image.ContrastBolusAgent = "Iodinated contrast 350"
        image.ContrastBolusRoute = "IV"
        image.ContrastBolusVolume = "100"
        image.ContrastBolusStartTime = injection.strftime("%H%M%S.%f")


def _pixels(image: Dataset, case: PhantomCase) -> None:
    """Image plane and pixel modules."""
    scanner, geometry = case.acquisition.scanner, case.geometry
    axes = geometry.affine[:3, :3] / geometry.spacing_mm
    image.ImageOrientationPatient = [_decimal(value) for value in (*axes[:, 0], *axes[:, 1])]
    image.PixelSpacing = [_decimal(geometry.spacing_mm[1]), _decimal(geometry.spacing_mm[0])]
    image.SamplesPerPixel = 1
    image.PhotometricInterpretation = "MONOCHROME2"
    _, image.Rows, image.Columns = geometry.shape_zyx
    twelve = scanner.intercept == -1024 and not scanner.signed
    image.BitsAllocated = 16
    image.BitsStored = 12 if twelve else 16
    image.HighBit = image.BitsStored - 1
    image.PixelRepresentation = int(scanner.signed)
    if scanner.padding is not None:
        image.PixelPaddingValue = scanner.padding
    image.RescaleIntercept = str(scanner.intercept)
    image.RescaleSlope = "1"
    image.RescaleType = "HU"
    image.WindowCenter = "60"
    image.WindowWidth = "400"


def _instances(
    case: PhantomCase, made: PhantomPhase, header: Dataset, series: int
) -> Iterator[tuple[int, Dataset]]:
    """Yield (instance number, dataset) of each slice; the dataset is one and the same object."""
    stored = _stored(made.hu_zyx, case.acquisition.scanner)
    n_slices = len(stored)
    normal = case.geometry.affine[:3, 2] / case.geometry.spacing_mm[2]
    for z, pixels in enumerate(stored):
        instance = z + 1 if case.acquisition.scanner.foot_first_numbering else n_slices - z
        position = case.geometry.world_from_index((0, 0, z))
        header.SOPInstanceUID = _uid(case, "image", series, instance)
        header.file_meta.MediaStorageSOPInstanceUID = header.SOPInstanceUID
        header.InstanceNumber = instance
        header.ImagePositionPatient = [_decimal(value) for value in position]
        header.SliceLocation = _decimal(float(position @ normal))
        header.PixelData = pixels.tobytes()
        yield instance, header


def _stored(hu_zyx: NDArray[np.int16], scanner: Scanner) -> NDArray[np.int16] | NDArray[np.uint16]:
    """Return stored values (z, y, x): HU minus intercept, padding outside a circle."""
    low, high = (
        (-32768, 32767) if scanner.signed else (0, 4095 if scanner.intercept == -1024 else 65535)
    )
    values = np.clip(hu_zyx.astype(np.int32) - scanner.intercept, low, high)
    if scanner.padding is not None:
        rows = values.shape[1]
        axis = (np.arange(rows) - (rows - 1) / 2) / (rows / 2)
        values[:, np.hypot(axis[:, None], axis[None, :]) > 1] = scanner.padding
    return values.astype("<i2" if scanner.signed else "<u2")


def _decimal(value: float) -> str:
    """Write a DS value: at most 16 characters (PS3.5 6.2)."""
    return f"{value:.6f}".rstrip("0").rstrip(".")
