"""Training videos of Model-DCB, cut out of labelled exams once and kept in memory as bytes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.contracts import Exam, LesionInput, Marks
from inference.io.cohort import TruthRow, read_cohort
from inference.io.outlines import NAME as OUTLINE_FILE
from inference.io.outlines import read_outlines
from inference.pipelines.ceus_dcb.configuration import BIOMARKERS, Configuration
from inference.pipelines.ceus_dcb.locate import carry_outline, outlines_of
from inference.pipelines.ceus_dcb.preprocess import make_video
from inference.pipelines.ceus_dcb.select import select_clips

MARGIN = 8 / 7
"""How much larger than the network's input regions are cut, to shift them."""
MarkedExam = tuple[Exam, TruthRow, Marks]


@dataclass(frozen=True, eq=False)
class Samples:
    """Lesions with everything known of them, n in all.

    Parameters
    ----------
    images
        (n, frames, side, side) uint8 grey levels.
    flows
        (n, flows, 3, side, side) int8, 127 for 1.
    classes
        Class code of each lesion.
    biomarkers
        (n, 4): 1 positive, 0 negative, NaN unknown.
    clinical
        (n, variables) as `clinic.Patient.values`.
    """

    images: Tensor
    flows: Tensor
    classes: tuple[str, ...]
    biomarkers: NDArray[np.float64]
    clinical: NDArray[np.float64]

    def part(self, chosen: Sequence[int]) -> "Samples":
        """Return some of the lesions."""
        rows = list(chosen)
        return Samples(
            self.images[rows],
            self.flows[rows],
            tuple(self.classes[row] for row in rows),
            self.biomarkers[rows],
            self.clinical[rows],
        )


def gather(exams: Iterable[MarkedExam], settings: Configuration) -> Samples:
    """Cut the videos of labelled exams."""
    images, flows, classes, biomarkers, clinical = [], [], [], [], []
    side = round(settings.roi_px * MARGIN)
    for exam, row, marks in exams:
        selection = select_clips(exam)
        outline = outlines_of(selection, marks)[0]
        region = carry_outline(selection, outline, settings, lambda _: None)
        video = make_video(region, settings, side)
        region.clip.release()
        images.append(np.rint(video.images * 255).astype(np.uint8))
        flows.append(np.rint(video.flows * 127).astype(np.int8))
        classes.append(row.truth)
        biomarkers.append([_expressed(row.strata.get(name, "")) for name in BIOMARKERS])
        clinical.append(selection.patient.values)
    return Samples(
        torch.from_numpy(np.stack(images)),
        torch.from_numpy(np.stack(flows)),
        tuple(classes),
        np.array(biomarkers),
        np.stack(clinical),
    )


def marked_exams(folder: Path, rows: Sequence[TruthRow]) -> Iterator[MarkedExam]:
    """Read the exams of a cohort with their index lesion and its outline.

    A case without ``outline.json`` is marked by its box in ``truth.csv``.
    """
    first = [row for row in rows if row.lesion == 1]
    for exam, (row, *_) in read_cohort(folder, first):
        path = folder / row.case / OUTLINE_FILE
        outlines = read_outlines(path) if path.is_file() else ()
        yield exam, row, Marks(outlines=outlines) if outlines else Marks((box_of(row),))


def box_of(row: TruthRow) -> LesionInput:
    """Return a lesion's box as a person would give it."""
    x, y, z, dx, dy, dz = row.box_mm
    return LesionInput((x, y, z), (dx, dy, dz))


def _expressed(word: str) -> float:
    return {"positive": 1.0, "negative": 0.0}.get(word, float("nan"))
