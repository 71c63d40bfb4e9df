"""Run single analyses on published data the way a plan would."""

from collections.abc import Mapping, Sequence
from typing import Any

from readerstudy.statistics.engine import run_plan
from readerstudy.statistics.plan import parse_plan
from readerstudy.statistics.study import assemble, tables_from_rows
from readerstudy.statistics.validation.data import Row

RESAMPLES = 2
"""No published interval here is a bootstrap."""


def entries_of(
    readings: Sequence[Row], task: Mapping[str, object], *analyses: Mapping[str, object],
    reference: Sequence[Row] | None = None,
) -> list[Any]:  # fmt: skip
    """Entries of analyses on one task; without reference the cases have no truth."""
    name = str(readings[0]["task"])
    cases = dict.fromkeys(row["case"] for row in readings)
    truths = reference or [{"case": case, "task": name, "truth": None} for case in cases]
    plan = parse_plan({
        "schema": "analysis-plan/1", "resamples": RESAMPLES, "tasks": {name: task},
        "analyses": [{"id": str(index), "task": name, **item}
                     for index, item in enumerate(analyses)],
    })  # fmt: skip
    study = assemble(tables_from_rows(readings, truths), plan.tasks)
    found: Any = run_plan(study, plan).result["analyses"]
    return [found[str(index)] for index in range(len(analyses))]
