"""Statistics of reader studies, without Django: plans and tables in, results out.

``python -m readerstudy.statistics`` runs a plan on CSV files; ``run`` does the same on rows in
memory. The numerics are importable functions on arrays; docs/statistics.md says which answers which
question.
"""

from collections.abc import Mapping

from readerstudy.statistics.engine import run_plan
from readerstudy.statistics.errors import AnalysisError, InputError, Problem
from readerstudy.statistics.plan import parse_plan
from readerstudy.statistics.preset import StudyShape, preset_plan
from readerstudy.statistics.study import Rows, assemble, tables_from_rows

__all__ = ["AnalysisError", "InputError", "Problem", "StudyShape", "preset_plan", "run"]


def run(
    readings: Rows,
    reference: Rows,
    plan: Mapping[str, object],
    *,
    marks: Rows | None = None,
    lesions: Rows | None = None,
    frozen: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """Run a plan on rows in memory.

    Parameters
    ----------
    readings, reference, marks, lesions : iterable of mapping
        Rows with the columns of the contract; ``None`` is an empty cell.
    plan : mapping
        An ``analysis-plan/1``.
    frozen : mapping, optional
        The plan fixed before unblinding; what is not in it is stamped ``exploratory``.

    Returns
    -------
    dict
        An ``analysis-result/1``; analyses that could not run have an ``error`` in their entry.

    Raises
    ------
    InputError
        Unusable rows or plan, every fault with its place.
    """
    checked = parse_plan(plan)
    tables = tables_from_rows(readings, reference, marks, lesions)
    study = assemble(tables, checked.tasks)
    return run_plan(study, checked, parse_plan(frozen) if frozen is not None else None).result
