"""Who has which lesion and what B-mode shows of it: the invented patients of DCNN-US.

Shares follow Table 1 and section 3.2 of Yang et al. 2020 (doi:10.1016/j.ebiom.2020.102777) where
they say something: kinds of lesion by histology carry the clinical history with them, so that
hepatitis and extrahepatic tumours speak for malignancy as in the paper's multivariable model.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

BACKGROUNDS = ("normal", "steatosis", "fibrosis")
HEPATITIS = ("none", "HBV", "HCV", "HBV+HCV")
HALO_MISREAD = 0.08
"""Share of halos that the person who fills the table in gets wrong."""


class Kind(NamedTuple):
    """One histology: share of its class, history, and what it looks like.

    Echogenicity is in dB against normal liver, `unevenness` in dB, `lobes` the depth of the
    margin's bulges relative to the radius; each is (mean, standard deviation).
    """

    malignant: bool
    share: float
    backgrounds: tuple[float, float, float]
    hepatitis: float
    tumour: float
    male: float
    age: tuple[float, float]
    vascular: float
    halo: float
    enhancement: float
    echo: tuple[float, float]
    unevenness: tuple[float, float]
    lobes: tuple[float, float]
    ring_db: float


KINDS = {
    "HCC": Kind(
        True, 0.65, (0.20, 0.06, 0.74), 0.66, 0.05, 0.82, (58, 11), 0.62, 0.42, 0.36,
        (-3.5, 4.5), (2.9, 1.0), (0.115, 0.045), 0.0,
    ),
    "MET": Kind(
        True, 0.25, (0.72, 0.16, 0.12), 0.14, 0.74, 0.60, (59, 11), 0.48, 0.48, 0.30,
        (-3.5, 5.5), (2.2, 0.9), (0.105, 0.045), 4.0,
    ),
    "ICC": Kind(
        True, 0.10, (0.55, 0.10, 0.35), 0.34, 0.06, 0.60, (60, 10), 0.45, 0.30, 0.25,
        (-4.0, 4.5), (2.7, 0.9), (0.135, 0.045), 0.0,
    ),
    "HEM": Kind(
        False, 0.45, (0.72, 0.16, 0.12), 0.17, 0.08, 0.42, (49, 12), 0.36, 0.04, 0.50,
        (1.5, 5.0), (1.7, 0.8), (0.070, 0.035), 0.0,
    ),
    "FNH": Kind(
        False, 0.35, (0.74, 0.16, 0.10), 0.15, 0.08, 0.52, (45, 13), 0.48, 0.10, 0.30,
        (-2.0, 4.0), (1.9, 0.8), (0.075, 0.035), 0.0,
    ),
    "ADE": Kind(
        False, 0.20, (0.60, 0.28, 0.12), 0.15, 0.08, 0.45, (46, 13), 0.48, 0.14, 0.30,
        (-2.5, 4.5), (2.0, 0.9), (0.080, 0.040), 0.0,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Patient:
    """An invented patient with one lesion.

    Parameters
    ----------
    histology
        Key of `KINDS`.
    background
        One of `BACKGROUNDS`.
    diameter_mm
        Largest diameter, 11 mm or more.
    halo, posterior_enhancement
        What the image shows.
    recorded_halo
        What the table says of the halo.
    echo_db, unevenness_db, lobes, ring_db
        Drawn from the histology's `Kind`.
    """

    histology: str
    background: str
    diameter_mm: float
    age_years: int
    sex: str
    hepatitis: str
    extrahepatic_tumour: bool
    vascular: bool
    halo: bool
    recorded_halo: bool
    posterior_enhancement: bool
    echo_db: float
    unevenness_db: float
    lobes: float
    ring_db: float

    @property
    def malignant(self) -> bool:
        """Whether the histology is malignant."""
        return KINDS[self.histology].malignant


def draw_patient(rng: np.random.Generator, *, malignant: bool) -> Patient:
    """Draw a patient whose lesion is malignant or benign."""
    names = [name for name, kind in KINDS.items() if kind.malignant == malignant]
    histology = str(rng.choice(names, p=[KINDS[name].share for name in names]))
    kind = KINDS[histology]
    halo = bool(rng.random() < kind.halo)
    has_hepatitis = rng.random() < kind.hepatitis
    return Patient(
        histology=histology,
        background=str(rng.choice(BACKGROUNDS, p=kind.backgrounds)),
        diameter_mm=float(np.clip(np.exp(rng.normal(np.log(36), 0.58)), 11, 85)),
        age_years=int(np.clip(rng.normal(*kind.age), 18, 88)),
        sex="M" if rng.random() < kind.male else "F",
        hepatitis=str(rng.choice(HEPATITIS[1:], p=[0.86, 0.1, 0.04])) if has_hepatitis else "none",
        extrahepatic_tumour=bool(rng.random() < kind.tumour),
        vascular=bool(rng.random() < kind.vascular),
        halo=halo,
        recorded_halo=halo != bool(rng.random() < HALO_MISREAD),
        posterior_enhancement=bool(rng.random() < kind.enhancement),
        echo_db=float(rng.normal(*kind.echo)),
        unevenness_db=max(0.4, float(rng.normal(*kind.unevenness))),
        lobes=max(0.01, float(rng.normal(*kind.lobes))),
        ring_db=float(rng.normal(kind.ring_db, 1.5)),
    )
