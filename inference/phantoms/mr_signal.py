"""What is bright when on dynamic T1-weighted MR: tissues, and lesions by their LI-RADS features.

Arbitrary units: liver before contrast is 100. Levels imitate a fat-suppressed gradient echo at
20-40 s (arterial), about a minute (portal venous), three minutes and more (delayed), and twenty
minutes with gadoxetate. Features are drawn first and looks from them, with spreads that overlap;
the scale of the whole image is the scanner's, so that a lesion's brightness alone says little.
Blood, spleen and kidneys outshine liver after contrast: the brightest hundredth of a volume lies
among them, above liver and what enhances more than it.
"""

from dataclasses import dataclass

import numpy as np

from inference.contracts import ContrastPhase
from inference.phantoms.kinetics import Levels, Look, Looks, Tissue

PHASES = tuple(ContrastPhase)
POST_CONTRAST = PHASES[1:]
WASHOUT_CONTRAST = -0.1
"""Below this contrast to liver, relative, a lesion without peripheral rim is said to wash out."""

# before contrast, its relative spread, and the rise: arterial, portal, delayed, hepatobiliary
_TISSUES: dict[Tissue, tuple[float, float, tuple[float, float, float, float]]] = {
    Tissue.AIR: (0, 0, (0, 0, 0, 0)),
    Tissue.FAT: (30, 0.1, (1, 2, 2, 2)),
    Tissue.MUSCLE: (72, 0.08, (8, 20, 20, 10)),
    Tissue.LUNG: (6, 0.2, (2, 3, 2, 1)),
    Tissue.BONE: (52, 0.15, (6, 12, 10, 6)),
    Tissue.COUCH: (0, 0, (0, 0, 0, 0)),
    Tissue.BOWEL: (62, 0.15, (22, 46, 40, 20)),
    Tissue.GAS: (3, 0.2, (0, 0, 0, 0)),
    Tissue.SPLEEN: (66, 0.08, (96, 150, 124, 24)),
    Tissue.KIDNEY: (72, 0.08, (170, 240, 240, 90)),
    Tissue.LIVER: (100, 0.05, (14, 62, 46, 30)),
    Tissue.AORTA: (52, 0.08, (290, 190, 160, 30)),
    Tissue.PORTAL_VEIN: (52, 0.08, (70, 200, 160, 26)),
    Tissue.HEPATIC_VEIN: (52, 0.08, (20, 190, 160, 26)),
    Tissue.CAVA: (52, 0.08, (54, 180, 160, 26)),
    Tissue.GALLBLADDER: (40, 0.3, (0, 0, 2, 10)),
}
LIVER_SPREAD = 0.22
"""Of the liver's rise in each phase: fibrosis, blood flow and timing change it between patients."""
_GADOXETATE_LIVER = (6.0, 52.0, 76.0, 112.0)
"""Rise of liver with gadoxetate, which hepatocytes take up."""


@dataclass(frozen=True)
class LesionDesign:
    """What a lesion is made to show.

    Parameters
    ----------
    aphe, washout, capsule
        Wanted features; the looks decide what is visible in the end.
    contrasts
        Brightness against liver, relative, in arterial, portal venous and delayed phase.
    """

    aphe: bool
    washout: bool
    washout_portal_venous: bool
    capsule: bool
    contrasts: tuple[float, float, float]


def signal_levels(rng: np.random.Generator, background: str, gadoxetate: bool) -> Levels:
    """Draw the level of every tissue in every phase.

    A cirrhotic liver enhances less and later; a steatotic one is darker, its fat suppressed.
    """
    dose = rng.normal(1.0, 0.12)
    timing = rng.uniform(0.65, 1.15)
    liver_share = {"cirrhotic": 0.85, "steatotic": 0.95}.get(background, 1.0)
    levels: Levels = {phase: {} for phase in PHASES}
    for tissue, (native, spread, rise) in _TISSUES.items():
        if tissue is Tissue.LIVER:
            rise = _GADOXETATE_LIVER if gadoxetate else rise
            rise = tuple(liver_share * step for step in rise)  # type: ignore[assignment]
        base = native * rng.normal(1.0, spread)
        gains = (
            rng.normal(1.0, LIVER_SPREAD if tissue is Tissue.LIVER else 0.08, 4)
            * dose
            * np.array((timing, 1.0, 1.0, 1.0))
        )
        for phase, gain, step in zip(PHASES, (0.0, *gains), (0, *rise), strict=True):
            levels[phase][tissue] = float(base + gain * step)
    fat = rng.uniform(6, 18) if background == "steatotic" else 0.0
    for values in levels.values():
        values[Tissue.LIVER] -= fat
    return levels


def draw_design(rng: np.random.Generator, gadoxetate: bool) -> LesionDesign:
    """Draw a lesion's features: APHE, washout and capsule go together, as in carcinoma.

    With gadoxetate liver brightens while a lesion doesn't, so that many a lesion is dark in the
    delayed (transitional) phase without washing out in the portal venous one.
    """
    typical = rng.random() < 0.55
    aphe = bool(rng.random() < (0.82 if typical else 0.38))
    wanted = bool(rng.random() < (0.75 if typical else 0.35))
    capsule = bool(rng.random() < (0.62 if typical else 0.2))
    early = wanted and bool(rng.random() < 0.65)
    arterial = rng.uniform(0.16, 0.5) if aphe else rng.uniform(-0.3, 0.04)
    portal = rng.uniform(-0.3, -0.13) if early else rng.uniform(-0.07, 0.16)
    delayed = rng.uniform(-0.36, -0.15) if wanted else _delayed_without_washout(rng)
    if gadoxetate and not wanted:
        delayed -= rng.uniform(0.0, 0.22)
    return LesionDesign(
        aphe=aphe,
        washout=bool(min(portal, delayed) < WASHOUT_CONTRAST),
        washout_portal_venous=bool(portal < WASHOUT_CONTRAST),
        capsule=capsule,
        contrasts=(float(arterial), float(portal), float(delayed)),
    )


def _delayed_without_washout(rng: np.random.Generator) -> float:
    """Draw the delayed contrast of a lesion that doesn't wash out: a little darker, or brighter.

    Lesions as bright as liver in the phase that the reader outlines them on aren't reported.
    """
    return float(rng.uniform(-0.095, -0.05) if rng.random() < 0.5 else rng.uniform(0.07, 0.2))


def draw_diameter(rng: np.random.Generator) -> float:
    """Draw a lesion's diameter in mm: nearly half below 20, as in the paper (section 2.3)."""
    return float(np.clip(np.exp(rng.normal(np.log(21.0), 0.55)), 7, 60))


def lesion_looks(rng: np.random.Generator, design: LesionDesign, levels: Levels) -> Looks:
    """Draw how a lesion looks in each phase.

    What resembles a feature without being one is drawn too: an arterial rim without APHE,
    a dark periphery without washout, a faint corona without capsule.
    """
    liver = {phase: levels[phase][Tissue.LIVER] for phase in PHASES}
    arterial, portal, delayed = design.contrasts
    contrast = dict(
        zip(PHASES, (rng.uniform(-0.3, 0.12), arterial, portal, delayed, -0.4), strict=True)
    )
    mosaic = rng.uniform(0.03, 0.12)
    ring = rng.uniform(0.2, 0.42) if design.capsule else max(0.0, rng.uniform(-0.3, 0.07))
    rim = rng.uniform(0.25, 0.5) if not design.aphe and rng.random() < 0.3 else 0.0
    edge = -rng.uniform(0.12, 0.3) if not design.washout and rng.random() < 0.15 else 0.0
    width = rng.uniform(0.14, 0.28)
    rims = dict(zip(PHASES, (0.0, rim, edge, edge, 0.0), strict=True))
    rings = dict(zip(PHASES, (0.0, 0.0, 0.65 * ring, ring, 0.0), strict=True))
    return {
        phase: Look(
            core=liver[phase] * (1 + contrast[phase]),
            rim=liver[phase] * rims[phase],
            rim_width=float(width),
            mosaic=liver[phase] * mosaic,
            capsule=liver[phase] * rings[phase],
        )
        for phase in PHASES
    }
