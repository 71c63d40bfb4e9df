"""Cohorts of phantom cases, made one at a time and written as they are made."""

from collections.abc import Callable, Iterator
from pathlib import Path

from inference.errors import UnusableInput
from inference.io.cohort import TruthWriter
from inference.phantoms.ct import PhantomCase, PhantomSize, make_case
from inference.phantoms.ct_dicom import write_case

SYSTEMS: dict[str, Callable[[int, int, PhantomSize], PhantomCase]] = {"lilnet_ct": make_case}


def phantom_cases(
    system: str, n_cases: int, seed: int, size: PhantomSize | None = None
) -> Iterator[PhantomCase]:
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
    make = SYSTEMS.get(system)
    if make is None:
        raise UnusableInput(
            "no_phantom",
            f"There is no phantom for {system}; phantoms exist for {', '.join(SYSTEMS)}.",
        )
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
    """Write a cohort: one folder of DICOM files per case, ``truth.csv`` at the top.

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
            write_case(case, output / case.name)
            truth.write(case.truth())
            progress(done, n_cases)
