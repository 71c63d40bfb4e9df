"""MIFF and SPM on four-phase CT."""

from inference.contracts import ContrastPhase
from inference.registry.spec import MarkNeeds, ModelSpec, Need, NetworkInput, Paper, Part
from inference.registry.systems.common import HCC, ICC

_NC, _ART = ContrastPhase.NON_CONTRAST, ContrastPhase.ARTERIAL
_PV, _DL = ContrastPhase.PORTAL_VENOUS, ContrastPhase.DELAYED
_AXES = (
    "lesion, phase (non-contrast, arterial, portal venous, delayed), slice, channel, row, column"
)
_UNITS = (
    "lesion box and 10 mm around it, resampled to 1 mm and resized; channels: windows of 160 HU "
    "around 80 HU and of 400 HU around 60 HU, and -1024 to 1024 HU, each to [-1, 1]"
)

FOURPHASE_CT = ModelSpec(
    system="fourphase_ct",
    version="1.0.0",
    title="MIFF and SPM: carcinoma types on four-phase CT",
    paper=Paper(
        "Qiao S, Xue M, Zuo Y, et al. Four-phase CT lesion recognition based on multi-phase "
        "information fusion framework and spatiotemporal prediction module. 2024.",
    ),
    modality="CT",
    classes=(HCC, ICC),
    parts=(Part("fusion", ("HCC", "ICC")),),
    inputs=(
        NetworkInput("paper", ("n", "4", "64", "3", "128", "128"), _AXES, _UNITS),
        NetworkInput("demo", ("n", "4", "8", "3", "41", "41"), _AXES, _UNITS),
    ),
    required_phases=(_NC, _ART),
    optional_phases=(_PV, _DL),
    phase_sets=((_NC, _ART, _PV, _DL), (_NC, _ART, _PV), (_NC, _ART, _DL)),
    marks=MarkNeeds(box=Need.REQUIRED),
    scope="Patients with hepatocellular or intrahepatic cholangiocarcinoma, on CT with a "
    "non-contrast, an arterial and at least one later phase.",
    package="inference.pipelines.fourphase_ct",
)
