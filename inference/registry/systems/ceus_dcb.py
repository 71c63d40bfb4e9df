"""Model-DCB on contrast-enhanced ultrasound."""

from inference.registry.spec import ClassSpec, ClinicalVariable, ModelSpec, Paper
from inference.registry.systems.common import HCC, ICC

CEUS_DCB = ModelSpec(
    system="ceus_dcb",
    version="0",
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
    ),
    scope="Adults with a solid lesion above 1 cm and a contrast-enhanced ultrasound video.",
)
