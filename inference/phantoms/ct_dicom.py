"""Writing phantom CT as DICOM: the CT Image IOD (PS3.3 A.3), one folder per series.

Uncompressed, explicit little endian; every value follows from the seed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage

from inference.contracts import ContrastPhase
from inference.phantoms.acquisition import Scanner
from inference.phantoms.identity import study_start
from inference.phantoms.volume_dicom import (
    case_uid,
    date_series,
    lay_plane,
    new_image,
    write_slices,
)

if TYPE_CHECKING:
    from inference.phantoms.ct import PhantomCase

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
    scanner = case.acquisition.scanner
    for number, made in enumerate(case.phases(), start=1):
        header = _header(case, made.phase, number, clock)
        write_slices(
            case,
            header,
            _stored(made.hu_zyx, scanner),
            folder / f"SE{number:02d}",
            number,
            scanner.foot_first_numbering,
        )


def _header(case: PhantomCase, phase: ContrastPhase, number: int, injection: datetime) -> Dataset:
    """Return what all images of a series share."""
    model = case.acquisition.scanner.name
    image = new_image(case, CTImageStorage, injection, "Phantom CT of the upper abdomen", model)
    _series(image, case, phase, number, injection)
    lay_plane(image, case.geometry)
    _pixels(image, case)
    return image


def _series(
    image: Dataset, case: PhantomCase, phase: ContrastPhase, number: int, injection: datetime
) -> None:
    """Series, contrast and acquisition modules; a third of the cases name no phase in words."""
    acquisition = case.acquisition
    start = injection + timedelta(seconds=acquisition.delays_s[phase])
    words = _DESCRIPTIONS[acquisition.scanner.language][phase]
    if case.index % 3 == 2:
        words = "Abdomen"
    image.Modality = "CT"
    image.SeriesInstanceUID = case_uid(case, "series", phase)
    image.SeriesNumber = number
    image.SeriesDescription = f"{words} {acquisition.thickness_mm:.1f} {acquisition.kernel.name}"
    image.ProtocolName = "Liver multiphase"
    image.BodyPartExamined = "ABDOMEN"
    image.PatientPosition = _POSITIONS.get(acquisition.orientation, "HFS")
    image.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    date_series(image, start)
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
    """How Hounsfield units are stored."""
    scanner = case.acquisition.scanner
    twelve = scanner.intercept == -1024 and not scanner.signed
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
