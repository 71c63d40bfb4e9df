"""What phantom CT and MR write alike: patient, study, equipment, plane, one file per slice."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import UID, ExplicitVRLittleEndian

from inference.contracts import Geometry
from inference.phantoms.identity import unique_id


class ImagedCase(Protocol):
    """What headers tell of a case."""

    @property
    def name(self) -> str:
        """Case name, the invented patient's too."""

    @property
    def index(self) -> int:
        """Position in the cohort."""

    @property
    def age_years(self) -> int:
        """Of the invented patient."""

    @property
    def sex(self) -> str:
        """F or M."""

    @property
    def geometry(self) -> Geometry:
        """Grid shared by all series."""


def case_uid(case: ImagedCase, *parts: object) -> str:
    """Return the identifier of a part of a case: the study, a series, an image."""
    return unique_id(case.name, case.geometry.shape_zyx, *parts)


def new_image(
    case: ImagedCase, sop_class: UID, injection: datetime, description: str, model: str
) -> Dataset:
    """Return a dataset with the patient, study, frame of reference and equipment modules."""
    image = Dataset()
    image.file_meta = FileMetaDataset()
    image.file_meta.MediaStorageSOPClassUID = sop_class
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.SpecificCharacterSet = "ISO_IR 192"
    image.SOPClassUID = sop_class
    image.PatientName = f"PHANTOM^{case.name.upper()}"
    image.PatientID = case.name.upper()
    image.PatientBirthDate = ""
    image.PatientSex = case.sex
    image.PatientAge = f"{case.age_years:03d}Y"
    image.StudyInstanceUID = case_uid(case, "study")
    image.StudyID = str(case.index + 1)
    image.StudyDate = injection.strftime("%Y%m%d")
    image.StudyTime = (injection - timedelta(minutes=5)).strftime("%H%M%S")
    image.AccessionNumber = ""
    image.ReferringPhysicianName = ""
    image.StudyDescription = description
    image.FrameOfReferenceUID = case_uid(case, "frame of reference")
    image.PositionReferenceIndicator = ""
    image.Manufacturer = "Reading Room phantom"
    image.ManufacturerModelName = model
    image.SoftwareVersions = "1"
    return image


def date_series(image: Dataset, start: datetime) -> None:
    """Write when a series was acquired."""
    image.SeriesDate = image.AcquisitionDate = image.ContentDate = start.strftime("%Y%m%d")
    image.SeriesTime = image.AcquisitionTime = image.ContentTime = start.strftime("%H%M%S.%f")


def lay_plane(image: Dataset, geometry: Geometry) -> None:
    """Write orientation, spacing and matrix of grey images (PS3.3 C.7.6.2, C.7.6.3)."""
    axes = geometry.affine[:3, :3] / geometry.spacing_mm
    image.ImageOrientationPatient = [decimal(value) for value in (*axes[:, 0], *axes[:, 1])]
    image.PixelSpacing = [decimal(geometry.spacing_mm[1]), decimal(geometry.spacing_mm[0])]
    image.SamplesPerPixel = 1
    image.PhotometricInterpretation = "MONOCHROME2"
    _, image.Rows, image.Columns = geometry.shape_zyx
    image.BitsAllocated = 16


def write_slices(
    case: ImagedCase,
    header: Dataset,
    stored_zyx: NDArray[Any],
    folder: Path,
    series: int,
    foot_first: bool,
    first: int = 1,
) -> None:
    """Write one file per slice into a folder, made if needed.

    Parameters
    ----------
    header
        What all slices share; changed in place.
    stored_zyx
        (z, y, x), little endian, of the header's bits and sign.
    series
        Number of the series, which the images' identifiers follow from.
    foot_first
        Whether instances count up with the slice index.
    first
        First instance number.
    """
    folder.mkdir(parents=True, exist_ok=True)
    geometry = case.geometry
    normal = geometry.affine[:3, 2] / geometry.spacing_mm[2]
    for z, pixels in enumerate(stored_zyx):
        instance = first + (z if foot_first else len(stored_zyx) - 1 - z)
        position = geometry.world_from_index((0, 0, z))
        header.SOPInstanceUID = case_uid(case, "image", series, instance)
        header.file_meta.MediaStorageSOPInstanceUID = header.SOPInstanceUID
        header.InstanceNumber = instance
        header.ImagePositionPatient = [decimal(value) for value in position]
        header.SliceLocation = decimal(float(position @ normal))
        header.PixelData = pixels.tobytes()
        dcmwrite(folder / f"IM{instance:04d}.dcm", header, enforce_file_format=True)


def decimal(value: float) -> str:
    """Write a DS value: at most 16 characters (PS3.5 6.2)."""
    return f"{value:.6f}".rstrip("0").rstrip(".")
