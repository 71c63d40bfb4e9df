"""One picture in every encoding the viewer has to open, made with GDCM."""

import tempfile
from functools import cache
from pathlib import Path

import gdcm
import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.encaps import get_frame
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from tests.e2e.frontend.made_cases import four_phases
from tests.e2e.frontend.synthetic_case import RAW, MadeCase, MadeSeries, pixel_format

SIZE = 96
ENCODINGS = {
    "rle": ("RLELossless", "image/dicom-rle"),
    "jpeg-ls": ("JPEGLSLossless", "image/jls"),
    "jpeg-2000": ("JPEG2000Lossless", "image/jp2"),
    "jpeg-lossless": ("JPEGLosslessProcess14_1", "image/jpeg"),
    "jpeg-lossless-14": ("JPEGLosslessProcess14", "image/jpeg"),
}


def picture() -> NDArray[np.int16]:
    """Return (rows, columns) int16 with negative values, edges and noise."""
    y, x = np.mgrid[:SIZE, :SIZE]
    noise = np.random.default_rng(3).normal(0, 20, (SIZE, SIZE))
    disc = np.where(np.hypot(x - 40, y - 55) < 25, 120, -900)
    return np.asarray(disc + noise + x, "<i2")


@cache
def beside_raw(label: str) -> MadeCase:
    """Return two series of the same pixels: raw, and in the encoding of that name."""
    entry = {
        **four_phases().series[0].entry,
        "phase": None,
        "phase_confidence": None,
        "pixel": pixel_format(SIZE, SIZE, bits=16, signed=True),
        "rescale": {"slope": 1.0, "intercept": 0.0},
        "frames": [{"position_mm": [0.0, 0.0, 0.0]}],
    }
    syntax, media = ENCODINGS[label]
    frame, uid = encoded(syntax)
    content_type = f"{media}; transfer-syntax={uid}"
    raw = {**entry, "label": "Raw", "content_type": RAW}
    coded = {**entry, "label": label, "content_type": content_type}
    return MadeCase(
        series=(
            MadeSeries("raw", (picture().tobytes(),), raw),
            MadeSeries("coded", (frame,), coded),
        )
    )


def encoded(syntax: str) -> tuple[bytes, str]:
    """Return the picture's frame in a transfer syntax of GDCM, and the syntax' UID."""
    with tempfile.TemporaryDirectory() as folder:
        plain, coded = Path(folder) / "plain.dcm", Path(folder) / "coded.dcm"
        dataset().save_as(plain, enforce_file_format=True)
        reader = gdcm.ImageReader()
        reader.SetFileName(str(plain))
        assert reader.Read()
        change = gdcm.ImageChangeTransferSyntax()
        change.SetTransferSyntax(gdcm.TransferSyntax(getattr(gdcm.TransferSyntax, syntax)))
        change.SetInput(reader.GetImage())
        assert change.Change()
        writer = gdcm.ImageWriter()
        writer.SetFileName(str(coded))
        writer.SetFile(reader.GetFile())
        writer.SetImage(change.GetOutput())
        assert writer.Write()
        made = dcmread(coded)
    assert np.array_equal(made.pixel_array, picture())
    frame = get_frame(made.PixelData, 0, number_of_frames=1)
    return frame, str(made.file_meta.TransferSyntaxUID)


def dataset() -> FileDataset:
    """Return the picture as an uncompressed CT image."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
    made.SOPClassUID = CTImageStorage
    made.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    made.Rows = made.Columns = SIZE
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.BitsAllocated = made.BitsStored = 16
    made.HighBit, made.PixelRepresentation = 15, 1
    made.PixelData = picture().tobytes()
    return made
