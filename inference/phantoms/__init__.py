"""Synthetic examinations with known truth. One file per concern:

shapes (painting on a grid), anatomy (organs), kinetics (what enhances when), lesions (form and
pattern), acquisition (scanner, timing, geometry), ct (one case), ct_dicom (files), cohort (many).
Phantoms imitate textbook patterns; they are no evidence about patients.
"""

from inference.phantoms.cohort import MAKERS, Phantom, phantom_cases, write_cohort
from inference.phantoms.ct import PhantomCase, PhantomPhase, make_case
from inference.phantoms.size import PhantomSize

__all__ = [
    "MAKERS",
    "Phantom",
    "PhantomCase",
    "PhantomPhase",
    "PhantomSize",
    "make_case",
    "phantom_cases",
    "write_cohort",
]
