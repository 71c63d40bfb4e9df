"""The five published systems as data. A sixth is one more entry here and one pipeline package."""

from inference.contracts import ContrastPhase
from inference.registry.spec import (
    ClassSpec,
    ClinicalVariable,
    ModelSpec,
    NetworkInput,
    Paper,
    Part,
)

HCC = ClassSpec("HCC", "hepatocellular carcinoma", True)
ICC = ClassSpec("ICC", "intrahepatic cholangiocarcinoma", True)
YES_NO = ("yes", "no")

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

BMODE_DCNN = ModelSpec(
    system="bmode_dcnn",
    version="0",
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
    clinical_variables=(
        ClinicalVariable("hypoechoic_halo", values=YES_NO),
        ClinicalVariable("extrahepatic_tumour", values=YES_NO),
        ClinicalVariable("hepatitis", values=("none", "HBV", "HCV", "HBV+HCV")),
        ClinicalVariable("age", "years"),
        ClinicalVariable("sex", values=("F", "M")),
        ClinicalVariable("intratumoral_vascularity", values=YES_NO),
    ),
    scope="Patients with a non-cystic lesion above 1 cm without earlier local treatment.",
)

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

FOURPHASE_CT = ModelSpec(
    system="fourphase_ct",
    version="0",
    title="MIFF and SPM: carcinoma types on four-phase CT",
    paper=Paper(
        "Qiao S, Xue M, Zuo Y, et al. Four-phase CT lesion recognition based on multi-phase "
        "information fusion framework and spatiotemporal prediction module. 2024.",
    ),
    modality="CT",
    classes=(HCC, ICC),
    required_phases=(
        ContrastPhase.NON_CONTRAST,
        ContrastPhase.ARTERIAL,
        ContrastPhase.PORTAL_VENOUS,
    ),
    optional_phases=(ContrastPhase.DELAYED,),
    scope="Patients with hepatocellular or intrahepatic cholangiocarcinoma.",
)

SYSTEMS = (LILNET_CT, CEUS_DCB, BMODE_DCNN, LIRADS_MRI, FOURPHASE_CT)
