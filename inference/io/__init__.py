"""DICOM and image folders in, exams out. Header parsing and pixel decoding are separate.

files -> headers -> stacks (sorting, geometry) and phases -> exam, whose pixels are decoded when
a pipeline asks for them.
"""

from inference.io.outlines import read_outlines
from inference.io.reading import read_exam

__all__ = ["read_exam", "read_outlines"]
