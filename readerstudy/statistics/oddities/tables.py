"""What the tables hold beyond the plan, and readers that change."""

from collections import Counter

from readerstudy.statistics.oddities.oddity import Oddity
from readerstudy.statistics.study import Study
from readerstudy.statistics.wording import counted


def table_oddities(study: Study) -> list[Oddity]:
    """Rows of tasks that the plan does not name; readers with several levels."""
    table = study.readings
    found = []
    tasks = Counter(task for task in table.column("task") if task not in study.frame.tasks)
    for task, count in tasks.items():
        n = counted(count, "reading was", "readings were")
        text = f"The plan has no task {task}; {n} not used."
        found.append(Oddity("task_not_in_plan", text))
    levels: dict[str, dict[str, None]] = {}
    for reader, level in zip(table.column("reader"), table.column("level"), strict=True):
        levels.setdefault(reader, {})[level or "(none)"] = None
    for reader, names in levels.items():
        if len(names) > 1:
            text = f"{reader} stands with several levels: {', '.join(names)}."
            found.append(Oddity("several_levels", text))
    return found
