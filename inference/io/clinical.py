"""``clinical.csv``: clinical variables of the cases beside it (case, variable, value, unit)."""

import csv
from pathlib import Path
from typing import TextIO

from inference.contracts import ClinicalValue
from inference.errors import UnusableInput

COLUMNS = ("case", "variable", "value", "unit")
MOST_BYTES = 1 << 24


def read_clinical(path: Path) -> dict[str, dict[str, ClinicalValue]]:
    """Read clinical values by case and variable; later rows win.

    Raises
    ------
    UnusableInput
        ``bad_clinical`` if the file can't be understood.
    """
    if path.stat().st_size > MOST_BYTES:
        raise UnusableInput(
            "bad_clinical", "clinical.csv is larger than 16 MB; give one per cohort."
        )
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return parse_clinical(stream)


def parse_clinical(stream: TextIO) -> dict[str, dict[str, ClinicalValue]]:
    """Read an open table as `read_clinical` does.

    Raises
    ------
    UnusableInput
        ``bad_clinical`` if it can't be understood.
    """
    try:
        reader = csv.DictReader(stream)
        missing = [name for name in COLUMNS[:3] if name not in (reader.fieldnames or ())]
        rows = [] if missing else list(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnusableInput(
            "bad_clinical", "clinical.csv isn't a UTF-8 table; save it as CSV."
        ) from error
    if missing:
        raise UnusableInput("bad_clinical", f"clinical.csv lacks the columns {', '.join(missing)}.")
    found: dict[str, dict[str, ClinicalValue]] = {}
    for row in rows:
        case, variable, value = (str(row[name] or "").strip() for name in COLUMNS[:3])
        if variable and value:
            unit = str(row.get("unit") or "").strip()
            found.setdefault(case, {})[variable] = ClinicalValue(value, unit)
    return found
