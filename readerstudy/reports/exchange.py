"""The files of an export for other programs: ratings of the readers, one folder per task."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from readerstudy.ai import AI_ARM
from readerstudy.reports.interchange.dataset import Dataset, dataset_from_rows
from readerstudy.reports.interchange.exports import export_all, rerun_scripts

FOLDER = "interchange"
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Exchange:
    """Files by path, and sentences on the formats that can't express the data."""

    files: Mapping[str, bytes]
    refused: tuple[str, ...]


def exchange(
    readings: Iterable[Row], reference: Iterable[Row], plan: Mapping[str, Any], title: str
) -> Exchange:
    """Write every format for every task with ratings, and the scripts that rerun the plan.

    The AI is left out: it was not read in the arms that are compared. Without any rating there is
    nothing to write.
    """
    files: dict[str, bytes] = {}
    refused: list[str] = []
    for task, data in _rated_tasks(list(readings), list(reference), plan):
        exports = export_all(data, f"{title} ({task})")
        files |= {f"{FOLDER}/{task}/{name}": content for name, content in exports.files.items()}
        refused += [f"{task}, {name}: {reason}" for name, reason in exports.refused.items()]
    if files:
        files |= {f"{FOLDER}/{name}": script for name, script in rerun_scripts().items()}
    return Exchange(files, tuple(refused))


def _rated_tasks(
    readings: list[Row], reference: list[Row], plan: Mapping[str, Any]
) -> Iterator[tuple[str, Dataset]]:
    read = [row for row in readings if row["arm"] != AI_ARM]
    for task, shape in plan["tasks"].items():
        positive = shape.get("positive")
        if positive and any(row["task"] == task and row["rating"] is not None for row in read):
            yield task, dataset_from_rows(read, reference, task=task, positive=positive)
