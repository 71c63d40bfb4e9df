"""What the rooms of inference hand each other: frozen values with axes and units in their names.

Positions are DICOM patient coordinates (LPS, millimetres; PS3.3 C.7.6.2.1.1) wherever there is a
geometry, and pixels of slice or frame z where there is none.
"""

from inference.contracts.geometry import Box, Geometry, PixelBox
from inference.contracts.images import ClinicalValue, Clip, ContrastPhase, Exam, Volume
from inference.contracts.results import (
    Heatmap,
    Lesion,
    LesionInput,
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
    "Geometry",
    "Heatmap",
    "Lesion",
    "LesionInput",
    "Notice",
    "PixelBox",
    "Prediction",
    "RunOutput",
    "RunRecord",
    "Stage",
    "Volume",
]
