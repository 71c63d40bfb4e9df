"""``truth.csv``: what is known about the lesions of a labelled cohort.

One folder per case beside it. Columns: case, lesion, truth, malignant, size_mm, centre_mm,
box_mm, phases, then strata. ``box_mm`` reads ``x,y,z,dx,dy,dz`` as ``--lesion`` takes it.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from inference.contracts import Box, Exam
from inference.errors import UnusableInput
from inference.io.reading import read_exam

COLUMNS = ("case", "lesion", "truth", "malignant", "size_mm", "centre_mm", "box_mm", "phases")


@dataclass(frozen=True)
class TruthRow:
    """One lesion of a labelled case.

    Parameters
    ----------
    case
        Name of the case's folder.
    lesion
        Number within the case, from 1; the first is the largest, the index lesion.
    truth
        Class code.
    malignant
        Whether that class is malignant.
    size_mm
        Largest axial diameter.
    box_mm
        Centre and full size, LPS mm.
    phases
        Contrast phases acquired.
    strata
        Further columns: size band, background, scanner, ...
    """

    case: str
    lesion: int
    truth: str
    malignant: bool
    size_mm: float
    box_mm: Box
    phases: tuple[str, ...]
    strata: Mapping[str, str] = field(default_factory=dict)

    def cells(self) -> dict[str, str]:
        """Return the row as written to the file."""
        box = [f"{value:g}" for value in self.box_mm]
        return {
            "case": self.case,
            "lesion": str(self.lesion),
            "truth": self.truth,
            "malignant": str(int(self.malignant)),
            "size_mm": f"{self.size_mm:g}",
            "centre_mm": ",".join(box[:3]),
            "box_mm": ",".join(box),
            "phases": " ".join(self.phases),
            **self.strata,
        }


class TruthWriter:
    """Writes ``truth.csv`` row by row; the first row's strata fix the columns."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._writer: csv.DictWriter[str] | None = None

    def write(self, rows: Iterable[TruthRow]) -> None:
        """Append rows."""
        for row in rows:
            cells = row.cells()
            if self._writer is None:
                self._writer = csv.DictWriter(self._stream, list(cells), lineterminator="\n")
                self._writer.writeheader()
            self._writer.writerow(cells)


def read_truth(folder: Path) -> tuple[TruthRow, ...]:
    """Read ``truth.csv`` of a cohort folder.

    Raises
    ------
    UnusableInput
        ``no_truth`` if the file is missing or empty, ``bad_truth`` if a row can't be understood.
    """
    path = folder / "truth.csv"
    if not path.is_file():
        raise UnusableInput(
            "no_truth", "The data folder has no truth.csv; give a labelled cohort folder."
        )
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise UnusableInput("bad_truth", f"truth.csv lacks the columns {', '.join(missing)}.")
        rows = tuple(_row(n, cells) for n, cells in enumerate(reader, start=2))
    if not rows:
        raise UnusableInput("no_truth", "truth.csv has no rows.")
    return rows


def _row(line: int, cells: Mapping[str, str]) -> TruthRow:
    try:
        return TruthRow(
            case=cells["case"],
            lesion=int(cells["lesion"]),
            truth=cells["truth"],
            malignant=bool(int(cells["malignant"])),
            size_mm=float(cells["size_mm"]),
            box_mm=Box(*(float(value) for value in cells["box_mm"].split(","))),
            phases=tuple(cells["phases"].split()),
            strata={name: value for name, value in cells.items() if name not in COLUMNS},
        )
    except (ValueError, TypeError, AttributeError) as error:
        raise UnusableInput(
            "bad_truth", f"Line {line} of truth.csv can't be understood; see the documentation."
        ) from error


LabelledExam = tuple[Exam, tuple[TruthRow, ...]]


def labelled_exams(folder: Path) -> Iterator[LabelledExam]:
    """Read a whole labelled cohort one case at a time, in the order of ``truth.csv``.

    Raises
    ------
    UnusableInput
        As `read_truth` and `read_cohort`.
    """
    return read_cohort(folder, read_truth(folder))


def read_cohort(
    folder: Path, rows: Iterable[TruthRow], done: Callable[[int], None] = lambda _: None
) -> Iterator[LabelledExam]:
    """Read the exams of some rows of ``truth.csv`` one at a time, each with its rows.

    Parameters
    ----------
    folder
        Holds one folder per case.
    rows
        Of the cases wanted, in order.
    done
        Called with the number of cases finished.

    Yields
    ------
    tuple of Exam and tuple of TruthRow
        The exam of each case folder and the lesions known in it.

    Raises
    ------
    UnusableInput
        ``no_input`` if a case's folder is missing; else as `read_exam`.
    """
    cases: dict[str, list[TruthRow]] = {}
    for row in rows:
        cases.setdefault(row.case, []).append(row)
    for number, (name, own) in enumerate(cases.items(), start=1):
        if Path(name).name != name or not (folder / name).is_dir():
            raise UnusableInput(
                "no_input", f"truth.csv names the case {name}, which has no folder beside it."
            )
        yield read_exam(folder / name), tuple(own)
        done(number)
