"""Small DICOM files with exactly the header a test needs."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from inference.io.headers import FrameHeader

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def plane(z: float = 0.0, **values: Any) -> FrameHeader:
    """Return an axial 4 x 5 plane at height z."""
    known: dict[str, Any] = {
        "source": f"file-{z}-{sorted(values.items())}",
        "frame": 0,
        "shape_yx": (4, 5),
        "position_mm": (0.0, 0.0, z),
        "orientation": AXIAL,
        "spacing_yx_mm": (0.8, 0.7),
    }
    return FrameHeader(**{**known, **values})


def dataset(pixels: NDArray[Any] | None = None, **elements: Any) -> Dataset:
    """Return a CT image data set; None removes an element."""
    stored = np.zeros((4, 5), np.int16) if pixels is None else pixels
    colour = stored.ndim > 2 and stored.shape[-1] == 3
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    known: dict[str, Any] = {
        "SOPClassUID": CTImageStorage,
        "SOPInstanceUID": f"1.2.3.{abs(hash(tuple(sorted(map(str, elements.items())))))}",
        "StudyInstanceUID": "1.2.1",
        "SeriesInstanceUID": "1.2.2",
        "Modality": "CT",
        "ImagePositionPatient": [0, 0, 0],
        "ImageOrientationPatient": list(AXIAL),
        "PixelSpacing": [0.8, 0.7],
        "SliceThickness": 5,
        "RescaleSlope": 1,
        "RescaleIntercept": -1024,
        "PhotometricInterpretation": "MONOCHROME2",
        "SamplesPerPixel": 3 if colour else 1,
        "Rows": stored.shape[-3 if colour else -2],
        "Columns": stored.shape[-2 if colour else -1],
        "BitsAllocated": stored.dtype.itemsize * 8,
        "BitsStored": stored.dtype.itemsize * 8,
        "HighBit": stored.dtype.itemsize * 8 - 1,
        "PixelRepresentation": int(stored.dtype.kind == "i"),
        "PixelData": stored.tobytes(),
    }
    if colour:
        known |= {"PlanarConfiguration": 0, "PhotometricInterpretation": "RGB"}
    for keyword, value in {**known, **elements}.items():
        if value is not None:
            setattr(made, keyword, value)
    return made


def write(path: Path, pixels: NDArray[Any] | None = None, **elements: Any) -> Path:
    """Write such a data set as a DICOM file."""
    made = dataset(pixels, **elements)
    made.file_meta.MediaStorageSOPClassUID = made.SOPClassUID
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    path.parent.mkdir(parents=True, exist_ok=True)
    made.save_as(path, enforce_file_format=True)
    return path
