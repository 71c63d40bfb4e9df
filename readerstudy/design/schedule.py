"""From a design to the complete reading plan: who reads what, in which arm, in which order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from readerstudy.design.counterbalance import sequences_of_readers
from readerstudy.design.randomisation import Stream

Kind = Literal["fixed", "crossover"]


@dataclass(frozen=True)
class Slot:
    """One planned reading: where a case stands in a reader's period, and its code there."""

    position: int
    case: str
    code: str


@dataclass(frozen=True)
class PlannedPeriod:
    """One reader's period: the arm and the cases in drawn order; `number` counts from 1."""

    reader: str
    number: int
    arm: str
    slots: tuple[Slot, ...]


def draw_plan(
    *,
    kind: Kind,
    periods: Sequence[str],
    levels: Mapping[str, str],
    cases: Sequence[str],
    seed: int,
) -> tuple[PlannedPeriod, ...]:
    """Draw every reader's order of cases for every period.

    Parameters
    ----------
    kind
        ``fixed``: every reader has the same arm per period; ``crossover``: the arms are
        counterbalanced over the readers.
    periods
        Arm of each period; for a crossover the arms to counterbalance.
    levels
        Level of experience by the reader's pseudonym.
    cases
        Codes of the study's cases.
    seed
        The study's seed; the same input gives the same plan.
    """
    if kind == "crossover":
        arms = sequences_of_readers(levels, periods, seed)
    else:
        arms = {reader: tuple(periods) for reader in levels}
    plan: list[PlannedPeriod] = []
    for reader in levels:
        codes = iter(Stream(seed, "codes", reader).codes(len(cases) * len(periods)))
        for number, arm in enumerate(arms[reader], start=1):
            order = Stream(seed, "order", reader, str(number)).order(cases)
            slots = tuple(
                Slot(position, case, next(codes)) for position, case in enumerate(order, start=1)
            )
            plan.append(PlannedPeriod(reader, number, arm, slots))
    return tuple(plan)
