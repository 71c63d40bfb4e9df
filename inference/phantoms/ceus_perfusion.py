"""How a lesion takes up and loses microbubbles, by class and biomarker, pixel by pixel.

Patterns follow the WFUMB guidelines on contrast-enhanced ultrasound of the liver (Dietrich et al.
2020, doi:10.1055/a-1177-0530): HCC bright and whole in the arterial phase with late, mild washout;
metastasis and cholangiocarcinoma with a rim and early washout; haemangioma filling in from
peripheral nodules; abscess with bright rim and septa around cavities; other types in between.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Floats = NDArray[np.float32]
Range = tuple[float, float]

PORTAL_DELAY_S = 15.0
ATYPICAL = 0.1
"""Share of lesions that behave like one of another class."""


@dataclass(frozen=True)
class Perfusion:
    """Uptake of a lesion, relative to the liver's largest.

    Parameters
    ----------
    level
        Largest uptake where it is largest.
    arrival_s, rise_s
        When the first pixel begins to fill, counted from the artery's arrival, and how fast.
    hold_s, washout_s
        How long a pixel stays full, and the time constant of its loss then.
    rim
        Share, 0 to 1, of the uptake that the rim alone has; the rest is even.
    inwards_s, outwards_s
        Delay of the centre behind the edge, and of the edge behind the centre.
    nodules_s
        Delay between the peripheral nodules.
    cavities
        Share of the lesion that never fills.
    mottling
        Relative unevenness.
    """

    level: float
    arrival_s: float
    rise_s: float
    hold_s: float
    washout_s: float
    rim: float
    inwards_s: float
    outwards_s: float
    nodules_s: float
    cavities: float
    mottling: float


_EVEN: dict[str, Range] = {
    "level": (0.6, 1.8),
    "arrival_s": (0, 4),
    "rise_s": (3, 6),
    "hold_s": (25, 90),
    "washout_s": (60, 260),
    "rim": (0.0, 0.1),
    "inwards_s": (0, 3),
    "outwards_s": (0, 2),
    "nodules_s": (0, 2),
    "cavities": (0.0, 0.02),
    "mottling": (0.1, 0.3),
}
_PATTERNS: dict[str, dict[str, Range]] = {
    "HCC": {"mottling": (0.15, 0.4), "rise_s": (2, 4)},
    "HM": {
        "level": (0.8, 2.2),
        "hold_s": (15, 60),
        "washout_s": (45, 230),
        "rim": (0.5, 0.95),
        "cavities": (0.0, 0.2),
    },
    "ICC": {
        "level": (0.7, 2.0),
        "hold_s": (20, 80),
        "washout_s": (50, 240),
        "rim": (0.1, 0.45),
        "arrival_s": (0, 5),
        "inwards_s": (6, 18),
        "mottling": (0.35, 0.6),
    },
    "HH": {
        "level": (0.7, 1.9),
        "hold_s": (40, 200),
        "inwards_s": (14, 45),
        "nodules_s": (15, 40),
        "rise_s": (4, 8),
    },
    "HA": {
        "level": (0.7, 2.0),
        "rim": (0.1, 0.4),
        "hold_s": (30, 90),
        "washout_s": (60, 240),
        "cavities": (0.15, 0.4),
        "mottling": (0.1, 0.3),
    },
}
_OTHERS: tuple[dict[str, Range], ...] = (
    {"rise_s": (1.5, 3), "outwards_s": (6, 16), "level": (1.2, 1.9), "hold_s": (90, 200)},
    {"inwards_s": (4, 10), "hold_s": (50, 120), "mottling": (0.0, 0.1), "level": (1.0, 1.6)},
    {"level": (0.7, 1.1), "hold_s": (25, 70), "washout_s": (50, 150), "mottling": (0.0, 0.08)},
    {"level": (1.2, 1.8), "outwards_s": (4, 12), "rise_s": (1.5, 3), "cavities": (0.0, 0.1)},
)
"""Focal nodular hyperplasia, adenoma, lymphoma, neuroendocrine neoplasm: one is drawn for OT."""


def draw_perfusion(
    rng: np.random.Generator, class_code: str, biomarkers: Mapping[str, bool]
) -> Perfusion:
    """Draw a lesion's uptake.

    Expressed biomarkers leave traces that are no class's own: Hep a longer hold, GPC3 more
    uptake, CK7 slower and later filling of the centre, CK19 more of a rim.
    """
    if rng.random() < ATYPICAL:
        class_code = str(rng.choice([*_PATTERNS, "OT"]))
    others = _OTHERS[rng.integers(len(_OTHERS))]
    ranges = _EVEN | (others if class_code == "OT" else _PATTERNS[class_code])
    drawn = {name: float(rng.uniform(*limits)) for name, limits in ranges.items()}
    drawn["hold_s"] *= 1.35 if biomarkers["Hep"] else 0.85
    drawn["level"] *= 1.15 if biomarkers["GPC3"] else 0.95
    drawn["inwards_s"] += 7 if biomarkers["CK7"] else 0
    drawn["rise_s"] *= 1.3 if biomarkers["CK7"] else 1
    drawn["rim"] = min(0.9, drawn["rim"] + (0.22 if biomarkers["CK19"] else 0))
    return Perfusion(**drawn)


@dataclass(frozen=True, eq=False)
class UptakeMap:
    """Uptake of the pixels of a lesion.

    Parameters
    ----------
    amplitude
        (n,) float32, largest uptake of each pixel.
    start_s
        (n,) float32, when each starts to fill.
    perfusion
        The rest, shared by all.
    """

    amplitude: Floats
    start_s: Floats
    perfusion: Perfusion

    def at(self, seconds: float) -> Floats:
        """Return the uptake (n,) at a time after the artery's arrival."""
        own = self.perfusion
        since = np.float32(seconds) - self.start_s
        lost = np.exp(-np.clip(since - own.hold_s, 0, None) / np.float32(own.washout_s))
        return np.asarray(self.amplitude * _filled(since, own.rise_s) * lost, np.float32)


def lay_uptake(
    rng: np.random.Generator, perfusion: Perfusion, radius: Floats, angle: Floats, texture: Floats
) -> UptakeMap:
    """Spread a lesion's uptake over its pixels.

    Parameters
    ----------
    radius
        (n,) 0 at the centre, 1 on the edge.
    angle
        (n,) radians around the centre.
    texture
        (n,) smooth noise, mean 0, deviation 1.
    """
    rim = np.exp(-np.square((1 - radius) / np.float32(0.3)))
    amplitude = perfusion.level * (1 - perfusion.rim + perfusion.rim * rim)
    amplitude *= np.clip(1 + perfusion.mottling * texture, 0.2, 2)
    limit = np.quantile(texture, perfusion.cavities) if perfusion.cavities else -np.inf
    amplitude = np.where((texture < limit) & (radius < 0.8), 0.04, amplitude)
    lobes = int(rng.integers(3, 7))
    nodules = 0.5 - 0.5 * np.cos(lobes * angle + rng.uniform(0, 2 * np.pi))
    delay = perfusion.inwards_s * (1 - radius) + perfusion.outwards_s * radius
    delay = delay + perfusion.nodules_s * nodules * np.clip(radius * 2 - 0.6, 0, 1)
    start = perfusion.arrival_s + delay
    return UptakeMap(amplitude.astype(np.float32), start.astype(np.float32), perfusion)


def liver_uptake(seconds: float, loss_s: float) -> float:
    """Return the liver's uptake at a time after the artery's arrival; 1 at most.

    A fifth comes with the artery, the rest a quarter of a minute later with the portal vein.
    """
    since = np.array([seconds, seconds - PORTAL_DELAY_S], np.float32)
    artery, portal = (_filled(since, 6.0) * _filled(since, 10.0)).tolist()
    return float((0.2 * artery + 0.8 * portal) * np.exp(-max(0.0, seconds - 75) / loss_s))


def vessel_uptake(seconds: float, loss_s: float) -> float:
    """Return the uptake of the liver's vessels, likewise."""
    (filled,) = _filled(np.array([seconds - PORTAL_DELAY_S / 2], np.float32), 5.0).tolist()
    return float(1.7 * filled * np.exp(-max(0.0, seconds - 45) / loss_s))


def smooth_texture(rng: np.random.Generator, shape: tuple[int, int], grain_px: float) -> Floats:
    """Return smooth noise (y, x) float32, mean 0, deviation 1."""
    noise = rng.standard_normal(shape, dtype=np.float32)
    smooth = ndimage.gaussian_filter(noise, grain_px)
    return np.asarray((smooth - smooth.mean()) / (smooth.std() or 1), np.float32)


def _filled(since_s: Floats, rise_s: float) -> Floats:
    """Return how full a pixel is, 0 to 1, some time after its bubbles began to come."""
    return np.asarray(-np.expm1(-np.square(np.clip(since_s, 0, None) / rise_s)), np.float32)
