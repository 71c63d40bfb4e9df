"""Training lesions, cut out of labelled exams once and kept in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from inference.contracts import ContrastPhase
from inference.errors import CannotRun
from inference.io.cohort import LabelledExam, TruthRow
from inference.pipelines.fourphase_ct.configuration import CLASSES, RING, Configuration
from inference.pipelines.fourphase_ct.preprocess import crop_lesion
from inference.pipelines.fourphase_ct.select import select_volumes


@dataclass(frozen=True, eq=False)
class Lesions:
    """Lesions of a cohort.

    Parameters
    ----------
    hu
        (n, 4, slices, h, w) float16 HU, phases in the order of `RING`; zeros where one is missing.
    present
        (n, 4), which phases there are.
    rows
        What is known about each lesion.
    """

    hu: Tensor
    present: Tensor
    rows: tuple[TruthRow, ...]

    def labels(self) -> Tensor:
        """(n,) class index of each lesion."""
        return torch.tensor([CLASSES.index(row.truth) for row in self.rows])

    def having(self, phases: Sequence[ContrastPhase]) -> Tensor:
        """Return the positions of lesions that have all these phases."""
        wanted = [RING.index(phase) for phase in phases]
        return torch.nonzero(self.present[:, wanted].all(dim=1)).flatten()

    def only(self, cases: Iterable[str]) -> "Lesions":
        """Return the lesions of some cases."""
        kept = frozenset(cases)
        return self.at([n for n, row in enumerate(self.rows) if row.case in kept])

    def at(self, positions: Sequence[int]) -> "Lesions":
        """Return the lesions at some positions."""
        chosen = list(positions)
        rows = tuple(self.rows[n] for n in chosen)
        return Lesions(self.hu[chosen], self.present[chosen], rows)


def gather(exams: Iterable[LabelledExam], configuration: Configuration) -> Lesions:
    """Cut the lesions out of labelled exams; exams the system can't run on are left out.

    Raises
    ------
    CannotRun
        ``nothing_to_train`` if no exam can be used.
    """
    stacks, present, kept = [], [], []
    for exam, rows in exams:
        try:
            selection = select_volumes(exam)
        except CannotRun:
            continue
        for row in rows:
            hu = np.zeros((len(RING), *configuration.shape), np.float16)
            for phase, volume in zip(selection.phases, selection.volumes, strict=True):
                crop = crop_lesion(volume, row.box_mm, configuration.shape)
                hu[RING.index(phase)] = crop.hu_zyx
            stacks.append(hu)
            present.append([phase in selection.phases for phase in RING])
            kept.append(row)
        for volume in selection.volumes:
            volume.release()
    if not kept:
        raise CannotRun(
            "nothing_to_train", "No case of the cohort has the phases the system needs."
        )
    return Lesions(torch.from_numpy(np.stack(stacks)), torch.tensor(present), tuple(kept))
