"""Training images of DCNN-US, cut out of outlined exams once and kept in memory as bytes."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.contracts import Exam, Outline, Polygon
from inference.errors import UnusableInput
from inference.io import read_outlines
from inference.io.cohort import TruthRow, read_cohort
from inference.io.outlines import NAME as OUTLINES
from inference.pipelines.bmode_dcnn.clinic import factor_values
from inference.pipelines.bmode_dcnn.configuration import BACKGROUNDS, Configuration
from inference.pipelines.bmode_dcnn.preprocess import Floats, cut_region, grey_frame
from inference.preprocessing.clinical import read_variables
from inference.preprocessing.outlines import polygon_box
from inference.registry.systems import BMODE_DCNN

MarkedExam = tuple[Exam, tuple[Outline, ...], TruthRow]

REACH = 4 / 3
"""How much larger than the network's input crops are cut, to turn and shift them."""


@dataclass(frozen=True, eq=False)
class Crops:
    """Crops of all images of all lesions.

    Parameters
    ----------
    lesions, boxed, backgrounds
        (n, side, side) uint8 grey levels: the lesion as outlined, the lesion within the box of its
        outline, the background as outlined.
    lesion
        (n,) position of each image's lesion in the fields below.
    malignant
        (m,) whether each lesion is malignant.
    background
        (m,) type of its background, position in `BACKGROUNDS`.
    factors
        (m, 6) clinical-ultrasonic factors; NaN rows where one is missing.
    """

    lesions: Tensor
    boxed: Tensor
    backgrounds: Tensor
    lesion: Tensor
    malignant: NDArray[np.bool_]
    background: NDArray[np.int64]
    factors: NDArray[np.float64]

    def at(self, chosen: NDArray[np.int64]) -> "Crops":
        """Return some lesions, by ascending positions, with all their images."""
        kept = np.flatnonzero(np.isin(self.lesion.numpy(), chosen))
        return Crops(
            self.lesions[kept],
            self.boxed[kept],
            self.backgrounds[kept],
            torch.from_numpy(np.searchsorted(chosen, self.lesion.numpy()[kept])),
            self.malignant[chosen],
            self.background[chosen],
            self.factors[chosen],
        )


def read_marked(
    folder: Path, rows: Iterable[TruthRow], done: Callable[[int], None] = lambda _: None
) -> Iterator[MarkedExam]:
    """Read exams with their outlines, one at a time; a case's first row is its lesion.

    Raises
    ------
    UnusableInput
        ``no_outline`` if a case has no ``outline.json``; else as `read_cohort`.
    """
    for exam, own in read_cohort(folder, rows, done):
        yield exam, read_outlines(folder / own[0].case / OUTLINES), own[0]


def gather(exams: Iterable[MarkedExam], settings: Configuration) -> Crops:
    """Cut crops out of labelled exams.

    Raises
    ------
    UnusableInput
        ``no_background`` if an outline lacks its background, ``unknown_background`` if the type
        of background isn't one of the three.
    """
    images: list[tuple[Floats, Floats, Floats]] = []
    lesion: list[int] = []
    malignant, background, factors = [], [], []
    for number, (exam, outlines, row) in enumerate(exams):
        for outline in outlines:
            images.append(_cut(exam, outline, settings))
            lesion.append(number)
        malignant.append(row.malignant)
        background.append(_background(row))
        values = factor_values(read_variables(exam, BMODE_DCNN.clinical_variables))
        factors.append(np.full(6, np.nan) if values is None else values)
    lesions, boxed, backgrounds = (np.stack(kind) for kind in zip(*images, strict=True))
    return Crops(
        _bytes(lesions),
        _bytes(boxed),
        _bytes(backgrounds),
        torch.tensor(lesion),
        np.array(malignant),
        np.array(background),
        np.array(factors),
    )


def box_corners(outline: Polygon) -> Polygon:
    """Return the box around an outline as an outline, as if a person had given a box."""
    x0, y0, x1, y1 = (value - 0.5 for value in polygon_box(outline))
    return (x0, y0), (x1, y0), (x1, y1), (x0, y1)


def _cut(exam: Exam, outline: Outline, settings: Configuration) -> tuple[Floats, Floats, Floats]:
    if outline.background is None:
        raise UnusableInput(
            "no_background", "An outline lacks its background; training needs both on every image."
        )
    frame = grey_frame(exam.clips[outline.image], outline.frame)
    side = round(settings.side_px * REACH)
    lesion, boxed, background = (
        cut_region(frame, polygon, side, reach=REACH).image_yx
        for polygon in (outline.lesion, box_corners(outline.lesion), outline.background)
    )
    return lesion, boxed, background


def _background(row: TruthRow) -> int:
    name = row.strata.get("background", "")
    if name not in BACKGROUNDS:
        raise UnusableInput(
            "unknown_background",
            f"The column background of truth.csv holds {name!r}; training needs one of "
            f"{', '.join(BACKGROUNDS)}.",
        )
    return BACKGROUNDS.index(name)


def _bytes(grey: Floats) -> Tensor:
    return torch.from_numpy(np.rint(grey * 255).astype(np.uint8))
