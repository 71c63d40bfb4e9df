"""A CT series as a ZIP of DICOM files with names and nested sequences, for benchmarks."""

import io
import zipfile
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

SIDE = 512
NOISES = 8  # different slices; drawing noise anew for each would take longer than the benchmark


def write_zip(path: Path, count: int, compression: int = zipfile.ZIP_DEFLATED) -> None:
    """Write `count` slices of 512 x 512 16-bit pixels."""
    random = np.random.default_rng(7)
    noises = [random.normal(40, 12, (SIDE, SIDE)).astype(np.int16) for _ in range(NOISES)]
    header = _header()
    with zipfile.ZipFile(path, "w", compression, compresslevel=1) as archive:
        for n in range(count):
            header.SOPInstanceUID = header.file_meta.MediaStorageSOPInstanceUID = generate_uid()
            header.InstanceNumber = n + 1
            header.ImagePositionPatient = [-200.0, -200.0, 1.25 * n]
            header.PixelData = (noises[n % NOISES] + np.int16(n)).tobytes()
            buffer = io.BytesIO()
            header.save_as(buffer, enforce_file_format=True)
            archive.writestr(f"series/{n:04d}.dcm", buffer.getvalue())


def _header() -> Dataset:
    made = Dataset()
    made.ensure_file_meta()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.file_meta.MediaStorageSOPClassUID = made.SOPClassUID = CTImageStorage
    made.StudyInstanceUID, made.SeriesInstanceUID = generate_uid(), generate_uid()
    made.FrameOfReferenceUID = generate_uid()
    made.PatientName, made.PatientID, made.PatientBirthDate = "Doe^Jane", "4711", "19500101"
    made.StudyDate = made.SeriesDate = made.AcquisitionDate = made.ContentDate = "20200101"
    made.StudyTime = made.SeriesTime = made.AcquisitionTime = made.ContentTime = "101112"
    made.InstitutionName, made.ReferringPhysicianName = "A Hospital", "Roe^Richard"
    made.StudyDescription, made.SeriesDescription = "CT abdomen", "Portal venous"
    made.Modality, made.ImageType = "CT", ["ORIGINAL", "PRIMARY", "AXIAL"]
    made.RequestAttributesSequence = [_request() for _ in range(2)]
    made.ReferencedImageSequence = [_reference() for _ in range(3)]
    block = made.private_block(0x0009, "A VENDOR", create=True)
    block.add_new(1, "LO", "Doe^Jane")
    made.ImageOrientationPatient, made.PixelSpacing = [1, 0, 0, 0, 1, 0], [0.8, 0.8]
    made.SliceThickness, made.KVP, made.PatientPosition = 1.25, 120, "HFS"
    made.RescaleSlope, made.RescaleIntercept, made.RescaleType = 1, -1024, "HU"
    made.Rows = made.Columns = SIDE
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.BitsAllocated = made.BitsStored = 16
    made.HighBit, made.PixelRepresentation = 15, 1
    return made


def _request() -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "1", "99X", "For Jane Doe"
    request = Dataset()
    request.ScheduledProcedureStepID, request.RequestedProcedureID = "1", "2"
    request.ScheduledProtocolCodeSequence = [code]
    return request


def _reference() -> Dataset:
    reference = Dataset()
    reference.ReferencedSOPClassUID = CTImageStorage
    reference.ReferencedSOPInstanceUID = generate_uid()
    return reference
