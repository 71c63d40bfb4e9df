"""What the rooms of inference hand each other: frozen values with axes and units in their names.

Positions are DICOM patient coordinates (LPS, millimetres; PS3.3 C.7.6.2.1.1) wherever there is a
geometry, and pixels of slice or frame z where there is none.
"""

from inference.contracts.geometry import Box, Geometry, PixelBox
from inference.contracts.images import ClinicalValue, Clip, ContrastPhase, Exam, Volume
from inference.contracts.marks import LesionInput, Marks, Outline, Polygon
from inference.contracts.polygons import polygon_mask
from inference.contracts.results import (
    Finding,
    Heatmap,
    Lesion,
    Mask,
    Notice,
    Prediction,
    RunOutput,
    RunRecord,
    Stage,
)

__all__ = [
    "Box",
    "ClinicalValue",
    "Clip",
    "ContrastPhase",
    "Exam",
    "Finding",
    "Geometry",
    "Heatmap",
    "Lesion",
    "LesionInput",
    "Marks",
    "Mask",
    "Notice",
    "Outline",
    "PixelBox",
    "Polygon",
    "Prediction",
    "RunOutput",
    "RunRecord",
    "Stage",
    "Volume",
    "polygon_mask",
]
