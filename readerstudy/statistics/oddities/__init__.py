"""The oddity report: what a careful person would notice in the data before believing any figure."""

from readerstudy.statistics.oddities.answers import answer_oddities
from readerstudy.statistics.oddities.oddity import Oddity
from readerstudy.statistics.oddities.raters import rater_oddities
from readerstudy.statistics.oddities.tables import table_oddities
from readerstudy.statistics.oddities.tasks import cross_task_oddities
from readerstudy.statistics.oddities.values import value_oddities
from readerstudy.statistics.study import Study

__all__ = ["Oddity", "find_oddities"]


def find_oddities(study: Study) -> list[Oddity]:
    """Every oddity of a data set, table by table, then task by task, in a fixed order.

    Returns
    -------
    list of Oddity
        Codes: ``task_not_in_plan``, ``several_levels``, ``no_decision``, ``several_decisions``,
        ``unread_cases``, ``truth_never_chosen``, ``constant_rater``, ``identical_readers``,
        ``nearly_identical_readers``, ``impossible_time``, ``decision_against_rating``,
        ``contradicts_task``, ``follows_truth``.
    """
    found = table_oddities(study)
    for frame in study.frame.tasks.values():
        if len(frame.readings):
            found += answer_oddities(frame) + rater_oddities(frame) + value_oddities(frame)
    return found + cross_task_oddities(study.frame)
