"""What a design lacks or risks, as codes with numbers; the sentences are the web side's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from readerstudy.design.counterbalance import williams
from readerstudy.design.schedule import Kind

SHORTEST_WASHOUT, LONGEST_WASHOUT = 14, 180
"""Days within which published reader studies stay."""


@dataclass(frozen=True)
class Concern:
    """Something to think about before freezing; it stops nobody."""

    code: str
    numbers: Mapping[str, int]


def concerns(
    *,
    kind: Kind,
    periods: Sequence[str],
    aided: Sequence[str],
    n_readers: int,
    n_cases: int,
    washout_days: int,
) -> tuple[Concern, ...]:
    """Return what a methodologist would ask about a design.

    Parameters
    ----------
    kind, periods
        As in :func:`readerstudy.design.schedule.draw_plan`.
    aided
        Arms in which AI output is shown.
    n_readers, n_cases, washout_days
        Size of the study.
    """
    found: list[Concern] = []
    sequences = len(williams(len(periods)))
    if kind == "crossover" and n_readers % sequences:
        found.append(Concern("unbalanced", {"readers": n_readers, "sequences": sequences}))
    helped = [arm in aided for arm in periods]
    if kind == "fixed" and True in helped and False in helped[helped.index(True) :]:
        found.append(Concern("aided_first", {}))
    if len(periods) > 1 and not SHORTEST_WASHOUT <= washout_days <= LONGEST_WASHOUT:
        limits = {"shortest": SHORTEST_WASHOUT, "longest": LONGEST_WASHOUT}
        found.append(Concern("washout", {"days": washout_days, **limits}))
    if n_readers < 3:
        found.append(Concern("few_readers", {"readers": n_readers}))
    if n_cases < 10:
        found.append(Concern("few_cases", {"cases": n_cases}))
    return tuple(found)
