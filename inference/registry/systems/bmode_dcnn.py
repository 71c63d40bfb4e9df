"""DCNN-US on B-mode ultrasound."""

from inference.registry.spec import ClassSpec, ClinicalVariable, ModelSpec, Paper
from inference.registry.systems.common import YES_NO

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
