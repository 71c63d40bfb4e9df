"""LiLNet on contrast-enhanced CT."""

from inference.contracts import ContrastPhase
from inference.registry.spec import ClassSpec, ModelSpec, NetworkInput, Paper, Part
from inference.registry.systems.common import HCC, ICC

LILNET_CT = ModelSpec(
    system="lilnet_ct",
    version="1.0.0",
    title="LiLNet: focal liver lesions on contrast-enhanced CT",
    paper=Paper(
        "Wei Y, Yang M, Zhang M, et al. Focal liver lesion diagnosis with deep learning and "
        "multistage CT imaging. Nature Communications 2024;15:7040.",
        "10.1038/s41467-024-51260-6",
    ),
    modality="CT",
    classes=(
        HCC,
        ICC,
        ClassSpec("MET", "metastasis", True),
        ClassSpec("FNH", "focal nodular hyperplasia", False),
        ClassSpec("HEM", "haemangioma", False),
        ClassSpec("CYST", "cyst", False),
    ),
    parts=(
        Part("bm", ("benign", "malignant")),
        Part("benign", ("FNH", "HEM", "CYST")),
        Part("malignant", ("HCC", "ICC", "MET")),
    ),
    inputs=(
        NetworkInput(
            "paper",
            ("n", "3", "224", "224"),
            "image, channel (three equal), row, column",
            "window of 400 HU around 60 HU to [0, 1], then (x - 0.5) / 0.5; native pixels",
        ),
        NetworkInput(
            "demo",
            ("n", "3", "65", "65"),
            "image, channel (three equal), row, column",
            "window of 400 HU around 60 HU to [0, 1], then (x - 0.5) / 0.5; pixels of 1 mm",
        ),
    ),
    optional_phases=(ContrastPhase.ARTERIAL, ContrastPhase.PORTAL_VENOUS),
    scope="Adults with one of six types of focal liver lesion, untreated, on arterial and portal "
    "venous CT.",
    package="inference.pipelines.lilnet_ct",
)
