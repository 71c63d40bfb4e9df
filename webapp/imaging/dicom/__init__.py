"""DICOM files in, de-identified DICOM files out; plain functions over bytes, no database."""
