"""LI-RADS categories on dynamic MRI."""

from inference.contracts import ContrastPhase
from inference.registry.spec import (
    ClassSpec,
    ClinicalVariable,
    EditableFinding,
    MarkNeeds,
    ModelSpec,
    Need,
    NetworkInput,
    Paper,
    Part,
)
from inference.registry.systems.common import YES_NO

_AGENTS = ("extracellular", "gadoxetate")
_SEGMENTER_AXES = "slice, channel (slice below, itself, slice above), row, column"
_CROP_AXES = "lesion and phase, channel (three equal), row, column"
_UNITS = "equation 1 (80 to the 99th percentile of the volume), then mean 0 and SD 1 per image"

LIRADS_MRI = ModelSpec(
    system="lirads_mri",
    version="1.0.0",
    title="LI-RADS MRI: categories on dynamic MRI",
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
    parts=(
        Part("segmenter", ("lesion",)),
        Part("characteriser", ("APHE", "washout", "capsule")),
    ),
    inputs=(
        NetworkInput("paper", ("n", "3", "512", "512"), f"segmenter: {_SEGMENTER_AXES}", _UNITS),
        NetworkInput("paper", ("n", "3", "224", "224"), f"characteriser: {_CROP_AXES}", _UNITS),
        NetworkInput("demo", ("n", "3", "192", "192"), f"segmenter: {_SEGMENTER_AXES}", _UNITS),
        NetworkInput("demo", ("n", "3", "64", "64"), f"characteriser: {_CROP_AXES}", _UNITS),
    ),
    required_phases=(
        ContrastPhase.ARTERIAL,
        ContrastPhase.PORTAL_VENOUS,
        ContrastPhase.DELAYED,
    ),
    clinical_variables=(
        ClinicalVariable(
            "at_risk", values=YES_NO, label="at risk (cirrhosis, hepatitis B, carcinoma before)"
        ),
        ClinicalVariable("contrast_agent", values=_AGENTS, label="contrast agent"),
        ClinicalVariable("prior_size", "mm", label="size of the index lesion before"),
        ClinicalVariable("prior_interval", "months", label="months since that measurement"),
    ),
    marks=MarkNeeds(box=Need.OPTIONAL),
    editable=(
        EditableFinding("size", unit="mm", label="largest diameter"),
        EditableFinding("APHE", YES_NO, label="nonrim arterial phase hyperenhancement"),
        EditableFinding("washout", YES_NO, label="nonperipheral washout"),
        EditableFinding(
            "washout_portal_venous", YES_NO, label="washout in the portal venous phase"
        ),
        EditableFinding("capsule", YES_NO, label="enhancing capsule"),
        EditableFinding("at_risk", YES_NO, label="at risk of hepatocellular carcinoma"),
        EditableFinding("contrast_agent", _AGENTS, label="contrast agent"),
        EditableFinding("prior_size", unit="mm", label="size before"),
        EditableFinding("prior_interval", unit="months", label="months since then"),
    ),
    redrawable=True,
    package="inference.pipelines.lirads_mri",
    scope="Adults at risk of hepatocellular carcinoma with untreated lesions, on dynamic "
    "T1-weighted MRI.",
)
