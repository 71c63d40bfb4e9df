"""``clinical.csv`` in an upload: whose values they are, and which of them may be kept.

The form is that of :mod:`inference.io.clinical`. Only variables of the closed list with a usable
value and the right unit are kept; names of cases and whatever else the table holds are forgotten.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from inference.contracts import ClinicalValue
from inference.errors import UnusableInput
from inference.io.clinical import parse_clinical
from webapp.accounts.models import User
from webapp.core.clock import Clock
from webapp.core.errors import InvalidInput
from webapp.imaging import clinical
from webapp.imaging.archives import Member
from webapp.imaging.images import StoredImage
from webapp.imaging.models import Case
from webapp.imaging.rejection import Code, Refusal
from webapp.imaging.services import set_clinical

NAME = "clinical.csv"
MOST_BYTES = 1 << 20
READ = "clinical_values_read"
"""Code of the notice that values were taken from a table."""

Values = Mapping[str, ClinicalValue]


@dataclass(frozen=True)
class Table:
    """One table: the folder it lies in, and the values of each case it names."""

    folder: str
    values: Mapping[str, Values]


def is_table(member: Member) -> bool:
    """Return whether a file of an upload is a table of clinical values."""
    return PurePosixPath(member.name).name.lower() == NAME


def read_table(member: Member) -> Table:
    """Read a table.

    Raises
    ------
    Refusal
        If it can't be understood.
    """
    if member.size > MOST_BYTES:
        raise Refusal(Code.BROKEN_TABLE)
    try:
        text = bytes(member.content()).decode("utf-8-sig")
        return Table(member.folder, parse_clinical(io.StringIO(text, newline="")))
    except (UnicodeDecodeError, UnusableInput) as error:
        raise Refusal(Code.BROKEN_TABLE) from error


def keep(
    tables: Iterable[Table],
    images: Sequence[StoredImage],
    cases: Iterable[Case],
    *,
    owner: User | None,
    clock: Clock,
) -> list[Case]:
    """Keep what tables say about the cases of an upload; return the cases they spoke of.

    A table with one case speaks of the images beside and below it; one with several of the images
    in folders named like the cases.
    """
    by_study = {case.study_uid: case for case in cases if not case.pinned}
    told: list[Case] = []
    for table in tables:
        for name, values in table.values.items():
            studies = {image.identity.study_uid for image in images if _about(table, name, image)}
            case = by_study.get(next(iter(studies))) if len(studies) == 1 else None
            usable = _usable(case, values) if case else {}
            if case and usable:
                held = {row.name: row.value for row in case.clinical_entries.all()}
                set_clinical(case=case, values=held | usable, actor=owner, clock=clock)
                told.append(case)
    return told


def _about(table: Table, name: str, image: StoredImage) -> bool:
    folders = PurePosixPath(image.file).parts[:-1]
    inside = not table.folder or image.file.startswith(f"{table.folder}/")
    return inside and (len(table.values) == 1 or name in folders)


def _usable(case: Case, values: Values) -> dict[str, str]:
    known = clinical.variables_for(case)
    found: dict[str, str] = {}
    for name, entry in values.items():
        if name not in known or entry.unit not in ("", known[name].unit):
            continue
        try:
            found |= clinical.checked(case, {name: entry.value})
        except InvalidInput:
            continue  # a value outside its list or range is worth nothing
    return found
