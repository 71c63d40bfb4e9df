"""Writing phantom MR as DICOM: the MR Image IOD (PS3.3 A.4), dynamic T1-weighted series.

Uncompressed, explicit little endian; every value follows from the seed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pydicom.dataset import Dataset
from pydicom.uid import MRImageStorage

from inference.contracts import ContrastPhase
from inference.phantoms.identity import study_start
from inference.phantoms.volume_dicom import (
    case_uid,
    date_series,
    decimal,
    lay_plane,
    new_image,
    write_slices,
)

if TYPE_CHECKING:
    from inference.phantoms.mr import MrPhantom

_DESCRIPTIONS: dict[str, dict[ContrastPhase, str]] = {
    "en": {
        ContrastPhase.NON_CONTRAST: "pre contrast",
        ContrastPhase.ARTERIAL: "arterial",
        ContrastPhase.PORTAL_VENOUS: "portal venous",
        ContrastPhase.DELAYED: "delayed",
        ContrastPhase.HEPATOBILIARY: "hepatobiliary",
    },
    "de": {
        ContrastPhase.NON_CONTRAST: "nativ",
        ContrastPhase.ARTERIAL: "arteriell",
        ContrastPhase.PORTAL_VENOUS: "portalvenös",
        ContrastPhase.DELAYED: "Spätphase",
        ContrastPhase.HEPATOBILIARY: "hepatobiliär",
    },
    "zh": {
        ContrastPhase.NON_CONTRAST: "平扫",
        ContrastPhase.ARTERIAL: "动脉期",
        ContrastPhase.PORTAL_VENOUS: "门静脉期",
        ContrastPhase.DELAYED: "延迟期",
        ContrastPhase.HEPATOBILIARY: "肝胆期",
    },
}
_AGENTS = {False: "Gadopentetate", True: "Gadoxetate"}


def write_series(case: MrPhantom, folder: Path) -> None:
    """Write all phases of a case as DICOM files below `folder`.

    One make of scanner puts all phases after contrast into one series, told apart by Temporal
    Position Identifier and time, as dynamic series often come.
    """
    injection = study_start(case.seed, case.index)
    scanner, n_slices = case.acquisition.scanner, case.geometry.shape_zyx[0]
    point = 0
    for number, made in enumerate(case.phases(), start=1):
        joined = scanner.one_series and made.phase is not ContrastPhase.NON_CONTRAST
        point += joined
        series = number - point + 1 if joined else number
        image = _header(case, made.phase, series, point, injection)
        write_slices(
            case,
            image,
            made.stored_zyx.astype("<u2"),
            folder / f"SE{series:02d}",
            series,
            scanner.foot_first_numbering,
            first=1 + (point - 1) * n_slices if joined else 1,
        )


def _header(
    case: MrPhantom, phase: ContrastPhase, series: int, point: int, injection: datetime
) -> Dataset:
    """Return what all images of a phase share; `point` is its temporal position, 0 for none."""
    scanner = case.acquisition.scanner
    image = new_image(
        case, MRImageStorage, injection, "Phantom MR of the upper abdomen", scanner.name
    )
    _series(image, case, phase, series, point)
    date_series(image, injection + timedelta(seconds=case.acquisition.delays_s[phase]))
    if point:
        image.TemporalPositionIdentifier = point
        image.SeriesDate = injection.strftime("%Y%m%d")
        image.SeriesTime = injection.strftime("%H%M%S.%f")
    _sequence(image, case)
    if phase is not ContrastPhase.NON_CONTRAST:
        image.ContrastBolusAgent = _AGENTS[case.gadoxetate]
        image.ContrastBolusRoute = "IV"
        image.ContrastBolusStartTime = injection.strftime("%H%M%S.%f")
    lay_plane(image, case.geometry)
    image.BitsStored, image.HighBit, image.PixelRepresentation = 12, 11, 0
    if scanner.slope is not None:
        image.RescaleIntercept, image.RescaleSlope = "0", decimal(scanner.slope)
        image.RescaleType = "US"
    return image


def _series(image: Dataset, case: MrPhantom, phase: ContrastPhase, series: int, point: int) -> None:
    scanner = case.acquisition.scanner
    words = _DESCRIPTIONS.get(scanner.language, {}).get(phase, "")
    image.Modality = "MR"
    image.SeriesInstanceUID = case_uid(case, "series", series)
    image.SeriesNumber = series
    image.SeriesDescription = f"{scanner.sequence} FS {words}".strip() + (" dyn" if point else "")
    image.ProtocolName = "Liver dynamic"
    image.BodyPartExamined = "ABDOMEN"
    image.PatientPosition = "FFS" if case.acquisition.orientation == "feet_first" else "HFS"
    image.ImageType = ["ORIGINAL", "PRIMARY", "M"]
    image.AcquisitionNumber = point or 1


def _sequence(image: Dataset, case: MrPhantom) -> None:
    """MR Image module (PS3.3 C.8.3.1) of a spoiled gradient echo with fat suppression."""
    strong = case.acquisition.scanner.field_tesla >= 3
    image.ScanningSequence = "GR"
    image.SequenceVariant = ["SP", "OSP"]
    image.ScanOptions = "FS"
    image.MRAcquisitionType = "3D"
    image.SequenceName = case.acquisition.scanner.sequence
    image.MagneticFieldStrength = decimal(case.acquisition.scanner.field_tesla)
    image.RepetitionTime = "3.6" if strong else "4.4"
    image.EchoTime = "1.3" if strong else "2.1"
    image.EchoTrainLength = 1
    image.FlipAngle = "12"
    image.SliceThickness = decimal(case.acquisition.thickness_mm)
    image.SpacingBetweenSlices = decimal(case.acquisition.thickness_mm)
