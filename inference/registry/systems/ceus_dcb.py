"""Model-DCB on contrast-enhanced ultrasound."""

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
from inference.registry.systems.common import HCC, ICC, YES_NO

_AXES = (
    "video, frame (grey images in time, then 10 optical flow maps), channel (three equal; of a "
    "flow map x, y and length), row, column"
)
_UNITS = (
    "images: grey levels to [0, 1], then (x - 0.5) / 0.5; flow maps: displacement / 4 pixels of "
    "the region, cut to [-1, 1]"
)
_EVIDENCE = (
    "5 disease and 4 biomarker probabilities, then the clinical variables in their order, "
    "logarithm to base 10 of tumour markers, ALT and AST, yes and M as 1, NaN where missing"
)

CEUS_DCB = ModelSpec(
    system="ceus_dcb",
    version="1.0.0",
    title="Model-DCB: focal liver lesions on contrast-enhanced ultrasound",
    paper=Paper(
        "Ding W, Meng Y, Ma J, et al. Contrast-enhanced ultrasound-based AI model for "
        "multi-classification of focal liver lesions. Journal of Hepatology 2025;83:426-439.",
        "10.1016/j.jhep.2025.01.011",
    ),
    modality="US",
    classes=(
        HCC,
        ClassSpec("HM", "hepatic metastasis", True),
        ICC,
        ClassSpec("HH", "hepatic haemangioma", False),
        ClassSpec("HA", "hepatic abscess", False),
        ClassSpec("OT", "other type", None),
    ),
    parts=(
        Part("disease", ("HCC", "HM", "ICC", "HH", "HA")),
        Part("biomarker", ("Hep", "GPC3", "CK7", "CK19")),
        Part("direct", ("HCC", "HM", "ICC", "HH", "HA")),
        *(
            Part(name, ("HCC", "HM", "ICC", "HH", "HA", "OT"))
            for name in ("model_d", "model_dc", "model_db", "model_dcb")
        ),
    ),
    inputs=(
        NetworkInput("paper", ("n", "110", "3", "224", "224"), _AXES, _UNITS),
        NetworkInput("demo", ("n", "26", "3", "49", "49"), _AXES, _UNITS),
        NetworkInput("paper and demo, model_*", ("n", "25"), "lesion, evidence", _EVIDENCE),
    ),
    clinical_variables=(
        ClinicalVariable("age", "years"),
        ClinicalVariable("sex", values=("F", "M")),
        ClinicalVariable("AFP", "ng/mL"),
        ClinicalVariable("CEA", "ng/mL"),
        ClinicalVariable("CA19-9", "U/mL"),
        ClinicalVariable("CA125", "U/mL"),
        ClinicalVariable("ALB", "g/L"),
        ClinicalVariable("ALT", "U/L"),
        ClinicalVariable("AST", "U/L"),
        ClinicalVariable("PLT", "10^9/L"),
        ClinicalVariable("TP", "g/L"),
        ClinicalVariable("WBC", "10^9/L"),
        ClinicalVariable("viral_hepatitis", values=YES_NO, label="viral hepatitis"),
        ClinicalVariable("malignancy_history", values=YES_NO, label="history of malignancy"),
        ClinicalVariable("cirrhosis", values=YES_NO),
        ClinicalVariable("fatty_liver", values=YES_NO, label="fatty liver"),
    ),
    images=ImageKind.CINE,
    marks=MarkNeeds(box=Need.OPTIONAL, outline=Need.REQUIRED),
    scope="Adults with a solid lesion above 1 cm and a contrast-enhanced ultrasound video.",
    package="inference.pipelines.ceus_dcb",
)
