"""What is true of each case, and how that is known."""

from typing import Any

from django.http import QueryDict

from readerstudy.models import ReaderStudy
from readerstudy.selectors.protocols import reference_of
from webapp.accounts.models import User


def context(study: ReaderStudy, user: User) -> dict[str, Any]:
    """Return a row per case with, for each task, the categories and what is recorded."""
    held = {(entry.study_case.code, entry.task): entry for entry in reference_of(study)}
    tasks = list(study.tasks.items())
    rows = [
        (case, [(name, task["categories"], held.get((case.code, name))) for name, task in tasks])
        for case in study.cases.select_related("case")
    ]
    sources = {entry.study_case.code: entry.source for entry in held.values()}
    return {
        "tasks": [name for name, _task in tasks],
        "rows": [(case, cells, sources.get(case.code, "")) for case, cells in rows],
    }


def pieces(study: ReaderStudy, user: User, data: QueryDict) -> dict[str, Any]:
    """Read the chosen truths; a case left open stays without."""
    reference = []
    for case in study.cases.all():
        source = data.get(f"source-{case.code}", "").strip()
        for task in study.tasks:
            truth = data.get(f"truth-{case.code}-{task}", "")
            if truth:
                reference.append(
                    {"case": case.code, "task": task, "truth": truth, "source": source}
                )
    return {"reference": reference}
