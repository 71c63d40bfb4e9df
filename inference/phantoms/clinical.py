"""Writing ``clinical.csv`` of a phantom case, as `inference.io.clinical` reads it."""

import csv
from collections.abc import Mapping
from pathlib import Path

from inference.contracts import ClinicalValue
from inference.io.clinical import COLUMNS

NAME = "clinical.csv"


def write_clinical(folder: Path, case: str, values: Mapping[str, ClinicalValue]) -> None:
    """Write the clinical variables of one case into its folder; what isn't known has no row."""
    with (folder / NAME).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        for name, entry in values.items():
            writer.writerow((case, name, entry.value, entry.unit))
