"""DICOM files as bytes, and what ingest makes of them."""

import io
from typing import Any

import pydicom
from pydicom.dataset import Dataset

from tests.unit.inference_io.factories import dataset
from webapp.imaging.dicom.deidentify import Deidentifier, keyed_remap
from webapp.imaging.dicom.objects import Clean
from webapp.imaging.images import clean_dicom

REMAP = keyed_remap("a secret", "owner/project")


def encoded(made: Dataset | None = None, **elements: Any) -> bytes:
    """Return a small CT file."""
    made = dataset(**elements) if made is None else made
    made.file_meta.MediaStorageSOPClassUID = made.get("SOPClassUID", "1.2")
    made.file_meta.MediaStorageSOPInstanceUID = made.get("SOPInstanceUID", "1.2")
    buffer = io.BytesIO()
    made.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def cleaned(content: bytes, *, pixels_checked: bool = False) -> Clean:
    """De-identify a file."""
    return clean_dicom(content, Deidentifier(REMAP), pixels_checked=pixels_checked)[1]


def stored_bytes(clean: Clean) -> bytes:
    """Return the file that would be stored."""
    return b"".join(clean.parts)


def read(clean: Clean) -> Dataset:
    """Read the file that would be stored as anybody's software does."""
    return pydicom.dcmread(io.BytesIO(stored_bytes(clean)))


def frames(clean: Clean) -> list[bytes]:
    """Return the bytes at the places where the frames are said to lie."""
    content = stored_bytes(clean)
    return [content[offset : offset + length] for offset, length in clean.frames]
