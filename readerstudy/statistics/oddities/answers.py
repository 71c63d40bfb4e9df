"""Answers that are not there, or are several, and truths that nobody chose."""

import numpy as np

from readerstudy.statistics.frame import TaskFrame
from readerstudy.statistics.oddities.oddity import Oddity, by_rater, rows_of
from readerstudy.statistics.tasks import NO_DECISION
from readerstudy.statistics.wording import counted


def answer_oddities(frame: TaskFrame) -> list[Oddity]:
    """Missing and contradictory decisions, unread cases, truth categories never chosen."""
    decides = bool((frame.readings.decision != NO_DECISION).any())
    found = []
    for rater, readings in by_rater(frame):
        blank = (readings.decision == NO_DECISION) & ~readings.contradictory
        several = readings.contradictory
        where = f"{rater}, task {frame.task.name}"
        if decides and blank.any():
            n = counted(len(readings), "reading", "readings")
            text = f"{where}: no decision in {blank.sum()} of {n}."
            found.append(Oddity("no_decision", text, rows_of(readings, blank)))
        if several.any():
            n = counted(several.sum(), "reading has", "readings have")
            text = f"{where}: {n} several decisions, which contradict one another."
            found.append(Oddity("several_decisions", text, rows_of(readings, several)))
        unread = np.setdiff1d(frame.readings.case, readings.case)
        if unread.size:
            codes = ", ".join(frame.cases.code[unread[:10]].tolist())
            more = ", ..." if unread.size > 10 else ""
            n = counted(unread.size, "case", "cases")
            text = f"{where}: no reading of {n} that others read ({codes}{more})."
            found.append(Oddity("unread_cases", text))
    return found + (_never_chosen(frame) if decides else [])


def _never_chosen(frame: TaskFrame) -> list[Oddity]:
    found = []
    for code in np.unique(frame.cases.truth[frame.cases.truth != NO_DECISION]).tolist():
        label = frame.task.labels[code]
        cases = np.flatnonzero(frame.cases.truth == code)
        silent = [
            str(rater)
            for rater, readings in by_rater(frame)
            if np.isin(readings.case, cases).any() and not (readings.decision == code).any()
        ]
        if silent:
            n = counted(cases.size, "case", "cases")
            text = (
                f"Task {frame.task.name}: {label} is the truth of {n}"
                f" and was never chosen by {'; '.join(silent)}."
            )
            found.append(Oddity("truth_never_chosen", text))
    return found
