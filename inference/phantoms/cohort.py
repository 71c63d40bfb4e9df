"""Cohorts of phantom cases, made one at a time and written as they are made."""

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Protocol, runtime_checkable

from inference.contracts import Exam
from inference.errors import UnusableInput
from inference.io.cohort import TruthRow, TruthWriter
from inference.phantoms.size import PhantomSize

MAKERS = {
    "lilnet_ct": "inference.phantoms.ct",
    "fourphase_ct": "inference.phantoms.fourphase",
    "bmode_dcnn": "inference.phantoms.bmode",
    "lirads_mri": "inference.phantoms.mr",
    "ceus_dcb": "inference.phantoms.ceus",
}
"""By system, the module whose ``make_case(seed, index, size)`` draws a case."""


class Phantom(Protocol):
    """One case of a cohort before its pixels are made."""

    @property
    def name(self) -> str:
        """Folder and case name."""

    def exam(self) -> Exam:
        """Return the case as `inference.io.read_exam` would, without going through files."""

    def truth(self) -> Sequence[TruthRow]:
        """Return one row per lesion, the index lesion first."""

    def write(self, folder: Path) -> None:
        """Write the case as DICOM files below `folder`, clinical.csv and outline.json beside."""


@runtime_checkable
class Labelled(Protocol):
    """A phantom that knows more than ``truth.csv`` can hold."""

    def write_labels(self, cohort: Path) -> None:
        """Write masks of organs beside the cases of a cohort folder."""


def phantom_cases(
    system: str, n_cases: int, seed: int, size: PhantomSize | None = None
) -> Iterator[Phantom]:
    """Draw the cases of a cohort; pixels are made when asked for.

    Parameters
    ----------
    system
        System whose input the phantoms imitate.
    n_cases
        Number of cases, at least 1.
    seed
        The cohort: the same seed gives the same bytes, a new seed a new cohort.
    size
        Matrix of each phase.

    Raises
    ------
    UnusableInput
        ``no_phantom`` for a system without phantoms, ``bad_argument`` for impossible numbers.
    """
    if system not in MAKERS:
        raise UnusableInput(
            "no_phantom",
            f"There is no phantom for {system}; phantoms exist for {', '.join(MAKERS)}.",
        )
    make: Callable[[int, int, PhantomSize], Phantom] = import_module(MAKERS[system]).make_case
    size = size or PhantomSize()
    if n_cases < 1 or seed < 0:
        raise UnusableInput(
            "bad_argument", "A cohort needs at least 1 case and a seed of 0 or more."
        )
    if not (32 <= size.rows <= 1024 and 8 <= size.slices <= 1000):
        raise UnusableInput(
            "bad_argument",
            f"Phantoms have 32 to 1024 rows and 8 to 1000 slices, found {size.rows}x{size.slices}.",
        )
    return (make(seed, index, size) for index in range(n_cases))


def write_cohort(
    system: str,
    n_cases: int,
    seed: int,
    output: Path,
    size: PhantomSize | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Write a cohort: one folder of DICOM files per case, ``truth.csv`` and ``labels`` at the top.

    Parameters
    ----------
    output
        Folder, made if needed; must be empty.
    progress
        Called with the number of cases written and wanted.

    Raises
    ------
    UnusableInput
        As `phantom_cases`; ``output_not_empty`` rather than mixing two cohorts.
    """
    cases = phantom_cases(system, n_cases, seed, size)
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise UnusableInput(
            "output_not_empty", "The output folder isn't empty; give a new or an empty folder."
        )
    output.mkdir(parents=True, exist_ok=True)
    with (output / "truth.csv").open("w", encoding="utf-8", newline="") as stream:
        truth = TruthWriter(stream)
        for done, case in enumerate(cases, start=1):
            case.write(output / case.name)
            if isinstance(case, Labelled):
                case.write_labels(output)
            truth.write(case.truth())
            progress(done, n_cases)
