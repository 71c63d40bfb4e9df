"""DCNN-US on B-mode ultrasound."""

from inference.registry.spec import (
    ClassSpec,
    ClinicalVariable,
    ImageKind,
    MarkNeeds,
    ModelSpec,
    Need,
    NetworkInput,
    Paper,
    Part,
)
from inference.registry.systems.common import YES_NO

_LESION = "image, channel (three times the same grey), row, column; black outside the outline"
_BOTH = "image, channel (three of the lesion, three of the background), row, column"
_UNITS = "grey level in [0, 1], then (x - 0.5) / 0.5"

BMODE_DCNN = ModelSpec(
    system="bmode_dcnn",
    version="1.0.0",
    title="DCNN-US: benign or malignant lesions on B-mode ultrasound",
    paper=Paper(
        "Yang Q, Wei J, Hao X, et al. Improving B-mode ultrasound diagnostic performance for "
        "focal liver lesions using deep learning: a multicentre study. EBioMedicine 2020.",
        "10.1016/j.ebiom.2020.102777",
    ),
    modality="US",
    classes=(
        ClassSpec("benign", "benign lesion", False),
        ClassSpec("malignant", "malignant lesion", True),
    ),
    parts=(Part("l", ("malignant",)), Part("lb", ("malignant",))),
    inputs=(
        NetworkInput("paper, part l", ("n", "3", "224", "224"), _LESION, _UNITS),
        NetworkInput("paper, part lb", ("n", "6", "224", "224"), _BOTH, _UNITS),
        NetworkInput("demo, part l", ("n", "3", "65", "65"), _LESION, _UNITS),
        NetworkInput("demo, part lb", ("n", "6", "65", "65"), _BOTH, _UNITS),
    ),
    clinical_variables=(
        ClinicalVariable("hypoechoic_halo", values=YES_NO, label="hypoechoic halo"),
        ClinicalVariable("extrahepatic_tumour", values=YES_NO, label="extrahepatic tumour"),
        ClinicalVariable(
            "hepatitis", values=("none", "HBV", "HCV", "HBV+HCV"), label="history of hepatitis"
        ),
        ClinicalVariable("age", "years"),
        ClinicalVariable("sex", values=("F", "M")),
        ClinicalVariable(
            "intratumoral_vascularity", values=YES_NO, label="vessels inside the lesion"
        ),
    ),
    images=ImageKind.STILLS,
    # A box takes the place of an outline for whoever has only boxes (`--lesion`).
    marks=MarkNeeds(
        box=Need.OPTIONAL, outline=Need.REQUIRED, background=Need.OPTIONAL, most_outlines=8
    ),
    scope="Patients with a non-cystic lesion above 1 cm without earlier local treatment.",
    package="inference.pipelines.bmode_dcnn",
)
