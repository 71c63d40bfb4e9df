"""DICOM and image folders in, exams out. Header parsing and pixel decoding are separate."""
