"""LI-RADS categories on dynamic MRI."""

from inference.contracts import ContrastPhase
from inference.registry.spec import ClassSpec, ClinicalVariable, ModelSpec, Paper
from inference.registry.systems.common import YES_NO

LIRADS_MRI = ModelSpec(
    system="lirads_mri",
    version="0",
    title="LI-RADS categories on dynamic MRI",
    paper=Paper(
        "Wang K, Liu Y, Chen H, et al. Fully automating LI-RADS on MRI with deep learning-guided "
        "lesion segmentation, feature characterization, and score inference. Frontiers in "
        "Oncology 2023;13:1153241.",
        "10.3389/fonc.2023.1153241",
    ),
    modality="MR",
    classes=tuple(
        ClassSpec(code, f"category {code} of LI-RADS", None) for code in ("LR-3", "LR-4", "LR-5")
    ),
    required_phases=(
        ContrastPhase.ARTERIAL,
        ContrastPhase.PORTAL_VENOUS,
        ContrastPhase.DELAYED,
    ),
    clinical_variables=(ClinicalVariable("at_risk", values=YES_NO),),
    scope="Patients at risk of hepatocellular carcinoma.",
)
