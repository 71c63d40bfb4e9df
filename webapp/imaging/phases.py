"""Contrast phases of series, recognised from what their headers said before de-identification."""

from dataclasses import dataclass

from pydicom.dataset import Dataset

from inference.contracts import ContrastPhase
from webapp.imaging.dicom.objects import Identity
from webapp.imaging.volumes import Arranged


@dataclass(frozen=True)
class Guess:
    phase: ContrastPhase | None
    confidence: float
    reason: str


class Guesses:
    def note(self, header: Dataset, identity: Identity) -> None:
        return None

    def of(self, volume: Arranged) -> Guess | None:
        return Guess(None, 0.0, "nothing_tells")
