"""What enhances when: Hounsfield units of tissues and lesions over the four contrast phases.

Levels follow textbook ranges for a late arterial (about 30 s), portal venous (70 s) and delayed
(180 s) acquisition after 1.5 mL/kg of a 350 mgI/mL agent. They are drawn per case with wide,
overlapping spreads: the mean of a lesion says little, its pattern over time says more.
"""

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from inference.contracts import ContrastPhase

PHASES = (
    ContrastPhase.NON_CONTRAST,
    ContrastPhase.ARTERIAL,
    ContrastPhase.PORTAL_VENOUS,
    ContrastPhase.DELAYED,
)
CLASSES = ("HCC", "ICC", "MET", "FNH", "HEM", "CYST")
MALIGNANT = frozenset({"HCC", "ICC", "MET"})
BACKGROUNDS = ("normal", "cirrhotic", "steatotic")


class Tissue(IntEnum):
    """Labels of the anatomy; the number is the voxel value of a label map."""

    AIR = 0
    FAT = 1
    MUSCLE = 2
    LUNG = 3
    BONE = 4
    COUCH = 5
    BOWEL = 6
    GAS = 7
    SPLEEN = 8
    KIDNEY = 9
    LIVER = 10
    AORTA = 11
    PORTAL_VEIN = 12
    HEPATIC_VEIN = 13
    CAVA = 14
    GALLBLADDER = 15


# native HU, its spread, and the rise above it: arterial, portal venous, delayed
_TISSUES: dict[Tissue, tuple[float, float, tuple[float, float, float]]] = {
    Tissue.AIR: (-1000, 0, (0, 0, 0)),
    Tissue.FAT: (-100, 6, (2, 4, 4)),
    Tissue.MUSCLE: (48, 5, (6, 14, 14)),
    Tissue.LUNG: (-840, 25, (10, 15, 10)),
    Tissue.BONE: (260, 60, (10, 20, 15)),
    Tissue.COUCH: (-640, 60, (0, 0, 0)),
    Tissue.BOWEL: (28, 10, (18, 38, 30)),
    Tissue.GAS: (-960, 10, (0, 0, 0)),
    Tissue.SPLEEN: (46, 4, (78, 78, 48)),
    Tissue.KIDNEY: (34, 4, (130, 150, 110)),
    Tissue.LIVER: (57, 5, (16, 54, 38)),
    Tissue.AORTA: (42, 4, (250, 118, 74)),
    Tissue.PORTAL_VEIN: (41, 4, (66, 128, 76)),
    Tissue.HEPATIC_VEIN: (41, 4, (18, 116, 74)),
    Tissue.CAVA: (41, 4, (50, 100, 74)),
    Tissue.GALLBLADDER: (8, 5, (0, 0, 1)),
}


@dataclass(frozen=True)
class Look:
    """How a lesion looks in one phase. HU; widths are shares of the radius.

    `core`, `nodule` are absolute; `rim`, `mosaic`, `capsule`, `scar` are added to what lies
    there. `fill` is how deep peripheral nodules reach inwards (0 none, 1 to the centre).
    """

    core: float
    rim: float = 0.0
    rim_width: float = 0.2
    mosaic: float = 0.0
    capsule: float = 0.0
    scar: float = 0.0
    nodule: float = 0.0
    fill: float = 0.0


Looks = dict[ContrastPhase, Look]
Levels = dict[ContrastPhase, dict[Tissue, float]]

# Contrast of the body of a lesion to normal liver (HU): non-contrast, arterial, portal, delayed
_CORE = {
    "HCC": (-8, 24, -14, -19),
    "ICC": (-17, -15, -15, 2),
    "MET": (-17, -15, -30, -22),
    "FNH": (-4, 30, 2, 1),
    "HEM": (-19, -20, -36, -24),
}
# What a rim adds to that
_RIM = {"ICC": (0, 38, 0, -8), "MET": (0, 36, 22, 8)}


def tissue_levels(rng: np.random.Generator, background: str) -> tuple[Levels, Levels]:
    """Draw the HU of every tissue in every phase.

    Returns
    -------
    tuple of dict
        Levels of this patient, and the same with the liver as it would be without steatosis,
        which is what lesions are drawn against.
    """
    dose = rng.normal(1.0, 0.1)
    timing = rng.uniform(0.7, 1.15)  # an early arterial acquisition has enhanced less
    levels: Levels = {phase: {} for phase in PHASES}
    for tissue, (native, spread, rise) in _TISSUES.items():
        base = rng.normal(native, spread)
        gains = rng.normal(1.0, 0.07, 3) * dose * np.array((timing, 1.0, 1.0))
        for phase, gain, step in zip(PHASES, (0.0, *gains), (0, *rise), strict=True):
            levels[phase][tissue] = float(base + gain * step)
    healthy = {phase: dict(values) for phase, values in levels.items()}
    fat = rng.uniform(18, 42) if background == "steatotic" else 0.0
    for values in levels.values():
        values[Tissue.LIVER] -= fat
    return levels, healthy


def lesion_looks(
    rng: np.random.Generator, class_code: str, radius_mm: float, healthy: Levels
) -> Looks:
    """Draw how one lesion of a class looks in each phase.

    Parameters
    ----------
    rng
        Source of chance.
    class_code
        One of `CLASSES`.
    radius_mm
        Mean radius; scars, capsules and necrosis need room.
    healthy
        Tissue levels with the liver as it would be without steatosis.
    """
    if class_code == "CYST":
        level = rng.normal(6, 4) + (rng.uniform(10, 40) if rng.random() < 0.35 else 0.0)
        return {phase: Look(core=float(level + rng.normal(0, 2))) for phase in PHASES}
    liver = np.array([healthy[phase][Tissue.LIVER] for phase in PHASES])
    weight = np.array((0.4, 1.0, 1.0, 1.0))
    core = liver + _CORE[class_code] + weight * (rng.normal(0, 18) + rng.normal(0, 12, 4))
    rim = np.array(_RIM.get(class_code, (0, 0, 0, 0))) * rng.uniform(0.55, 1.35)
    looks = {
        phase: Look(core=float(c), rim=float(r))
        for phase, c, r in zip(PHASES, core, rim, strict=True)
    }
    return _PATTERNS[class_code](rng, looks, radius_mm, healthy)


def _hcc(rng: np.random.Generator, looks: Looks, radius_mm: float, healthy: Levels) -> Looks:
    """Arterial hyperenhancement, washout, capsule (LI-RADS v2018 major features); mosaic."""
    mosaic = rng.uniform(8, 20) if rng.random() < 0.55 else rng.uniform(2, 6)
    capsule = rng.uniform(26, 46) if radius_mm > 6 and rng.random() < 0.8 else 0.0
    late = 0.0 if rng.random() < 0.75 else rng.uniform(8, 20)  # no washout
    pale = rng.uniform(20, 40) if rng.random() < 0.1 else 0.0  # hypovascular
    shift = {0: (0, 0.3, 0), 1: (-pale, 1.0, 0), 2: (late, 0.4, 0.6), 3: (late, 0.4, 1.0)}
    return {
        phase: replace(
            looks[phase],
            core=looks[phase].core + shift[n][0],
            mosaic=mosaic * shift[n][1],
            capsule=capsule * shift[n][2],
        )
        for n, phase in enumerate(PHASES)
    }


def _icc(rng: np.random.Generator, looks: Looks, radius_mm: float, healthy: Levels) -> Looks:
    """Thin arterial rim, fibrous centre that enhances late and unevenly."""
    width, mosaic = rng.uniform(0.12, 0.26), rng.uniform(3, 9)
    return {phase: replace(look, rim_width=width, mosaic=mosaic) for phase, look in looks.items()}


def _met(rng: np.random.Generator, looks: Looks, radius_mm: float, healthy: Levels) -> Looks:
    """Hypovascular with a thick rim; some hypervascular, some necrotic."""
    kind = rng.choice(["usual", "hypervascular", "necrotic"], p=[0.62, 0.14, 0.24])
    thin, mosaic, level = rng.uniform(0.12, 0.26), rng.uniform(3, 9), rng.uniform(6, 36)
    found = {}
    for phase, look in looks.items():
        core, rim = look.core, look.rim
        width = thin if phase is ContrastPhase.ARTERIAL else min(0.42, 1.6 * thin)
        if kind == "hypervascular" and phase is ContrastPhase.ARTERIAL:
            core, rim = core + 38, 0.4 * rim
        if kind == "necrotic":
            core, rim = min(core, level), 0.8 * rim
        found[phase] = replace(look, core=core, rim=rim, rim_width=width, mosaic=mosaic)
    return found


def _fnh(rng: np.random.Generator, looks: Looks, radius_mm: float, healthy: Levels) -> Looks:
    """Even arterial enhancement, later like liver; a central scar that enhances late."""
    scar = rng.uniform(0.8, 1.3) if radius_mm > 8 and rng.random() < 0.8 else 0.0
    depth = dict(zip(PHASES, (-4.0, -40.0, -16.0, 18.0), strict=True))
    return {
        phase: replace(look, mosaic=2.0, scar=scar * depth[phase]) for phase, look in looks.items()
    }


def _hem(rng: np.random.Generator, looks: Looks, radius_mm: float, healthy: Levels) -> Looks:
    """Peripheral nodules as bright as vessels, filling in; small ones may fill at once."""
    flash = radius_mm < 9 and rng.random() < 0.35
    fills = (0.0, rng.uniform(0.12, 0.4), rng.uniform(0.3, 1.2), rng.uniform(0.8, 1.2))
    found = {}
    for phase, fill in zip(PHASES, fills, strict=True):
        blood = healthy[phase][Tissue.AORTA]
        share = (
            rng.uniform(0.45, 0.8) if phase is ContrastPhase.ARTERIAL else rng.uniform(0.6, 0.95)
        )
        full = 1.2 if flash and phase is not ContrastPhase.NON_CONTRAST else fill
        found[phase] = replace(looks[phase], nodule=float(blood * share), fill=float(full))
    return found


_PATTERNS = {"HCC": _hcc, "ICC": _icc, "MET": _met, "FNH": _fnh, "HEM": _hem}
