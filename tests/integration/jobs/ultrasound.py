"""Two ultrasound stills and a cine of one DICOM series, taken in as a case."""

from pathlib import Path

import numpy as np

from tests.integration.cast import Cast
from tests.unit.imaging.test_masking import region
from tests.unit.inference_io.factories import write
from webapp.imaging.ingest import ingest
from webapp.imaging.models import Case

BARE = dict.fromkeys(
    ("ImagePositionPatient", "ImageOrientationPatient", "RescaleSlope", "PixelSpacing")
)
CINE_CLASS = "1.2.840.10008.5.1.4.1.1.3.1"
STILL_CLASS = "1.2.840.10008.5.1.4.1.1.6.1"


def ultrasound_case(cast: Cast, folder: Path, table: str = "") -> Case:
    """Write the images, and a clinical table above their folder, and take them in."""
    write_ultrasound(folder)
    if table:
        (folder.parent / "clinical.csv").write_text(table)
    path = folder.parent if table else folder
    report = ingest(path=path, owner=cast["clinician"], project=None, clock=cast.clock)
    return report.cases[0]


def write_ultrasound(folder: Path) -> None:
    """Write two stills and a cine of one series."""
    for number, level in enumerate((10, 20), start=1):
        _write(folder, number, np.full((32, 40), level, np.uint8), SOPClassUID=STILL_CLASS)
    cine = np.arange(3 * 32 * 40, dtype=np.uint8).reshape(3, 32, 40)
    _write(folder, 3, cine, SOPClassUID=CINE_CLASS, NumberOfFrames=3, FrameTime=40)


def _write(folder: Path, number: int, pixels: np.ndarray, **elements: object) -> None:
    whole = region(0, 0, 39, 31)
    write(
        folder / f"{number}.dcm",
        pixels,
        SOPInstanceUID=f"1.2.5.{number}",
        InstanceNumber=number,
        Modality="US",
        SequenceOfUltrasoundRegions=[whole],
        **BARE,
        **elements,
    )
