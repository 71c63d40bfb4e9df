"""MIFF and SPM on four-phase CT."""

from inference.contracts import ContrastPhase
from inference.registry.spec import ModelSpec, Paper
from inference.registry.systems.common import HCC, ICC

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
