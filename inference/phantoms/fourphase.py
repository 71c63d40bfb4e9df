"""Hepatocellular or cholangiocarcinoma on three or four phases, told apart by pattern over time.

Whole lesions enhance about alike: classes differ in where within the lesion contrast arrives and
stays. Textbook signs are drawn with overlapping strengths, so that no phase decides by itself:

===========================  ==============================  =================================
sign                         HCC                             ICC
===========================  ==============================  =================================
arterial                     even or mosaic                  rim
portal venous                capsule, sometimes              rim fades, some capsule
delayed                      capsule, core pales             centre enhances late, rim pales
===========================  ==============================  =================================
"""

import numpy as np

from inference.contracts import ContrastPhase
from inference.phantoms.ct import PhantomCase, block_class, case_rng, draw_case
from inference.phantoms.kinetics import PHASES, Levels, Look, Looks, Tissue
from inference.phantoms.size import PhantomSize

CLASSES = ("HCC", "ICC")
NC, ART, PV, DL = PHASES
PHASE_SETS = ((NC, ART, PV, DL), (NC, ART, PV), (NC, ART, DL))
_SET_ODDS = (0.6, 0.2, 0.2)

# Contrast of the whole lesion to liver (HU): non-contrast, arterial, portal venous, delayed
_WHOLE = {"HCC": (-10, 2, -9, -9), "ICC": (-11, -3, -9, -6)}
_COMMON_HU, _OWN_HU = 14.0, 14.0
# Mean and spread over lesions (HU) of what the outer shell and the centre have more than the rest
_SHELL = {
    "HCC": ((0, 4), (1, 11), (-3, 10), (2, 10)),
    "ICC": ((0, 4), (32, 12), (14, 11), (-9, 10)),
}
_CENTRE = {"HCC": ((0, 3), (0, 8), (0, 8), (-3, 9)), "ICC": ((0, 3), (-3, 8), (3, 9), (21, 12))}
# How often there is a capsule, and its strength (HU) where there is one
_CAPSULE = {
    "HCC": ((0, 0), (0.1, 16), (0.65, 28), (0.7, 28)),
    "ICC": ((0, 0), (0.1, 16), (0.12, 18), (0.15, 18)),
}
_MOSAIC = {"HCC": (5.0, 16.0), "ICC": (3.0, 11.0)}
_MOSAIC_BY_PHASE = (0.3, 1.0, 0.6, 0.5)
_RADIUS_MM = 16.0
"""Carcinomas that come to CT are larger than the average focal lesion."""


def make_case(seed: int, index: int, size: PhantomSize | None = None) -> PhantomCase:
    """Draw case `index` of cohort `seed`; classes come in balanced blocks of two."""
    rng = case_rng(seed, index, stream=3)
    phases = PHASE_SETS[rng.choice(len(PHASE_SETS), p=_SET_ODDS)]
    return draw_case(
        seed,
        index,
        size or PhantomSize(),
        block_class(seed, index, CLASSES),
        prefix="phantom-fourphase",
        looks=draw_looks,
        phases=phases,
        typical_radius_mm=_RADIUS_MM,
    )


def draw_looks(
    rng: np.random.Generator, class_code: str, radius_mm: float, healthy: Levels
) -> Looks:
    """Draw how one lesion looks in each phase; see `inference.phantoms.kinetics.lesion_looks`.

    A bright shell darkens the core by as much as keeps the lesion's mean.
    """
    width = float(rng.uniform(0.18, 0.3))
    shell_share = 1 - (1 - width) ** 3
    common = rng.normal(0, _COMMON_HU)
    mosaic = rng.uniform(*_MOSAIC[class_code])
    looks = {}
    for n, phase in enumerate(PHASES):
        weight = 0.4 if phase is ContrastPhase.NON_CONTRAST else 1.0
        whole = _WHOLE[class_code][n] + weight * (common + rng.normal(0, _OWN_HU))
        rim = rng.normal(*_SHELL[class_code][n])
        odds, strength = _CAPSULE[class_code][n]
        capsule = strength * rng.uniform(0.6, 1.4) if rng.random() < odds else 0.0
        looks[phase] = Look(
            core=float(healthy[phase][Tissue.LIVER] + whole - rim * shell_share),
            rim=float(rim),
            rim_width=width,
            mosaic=float(mosaic * _MOSAIC_BY_PHASE[n]),
            capsule=float(capsule if radius_mm > 5 else 0.0),
            scar=float(rng.normal(*_CENTRE[class_code][n])),
        )
    return looks
