"""One analysis per reader, arm, ...: the ``by`` option of pooled analyses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from readerstudy.statistics.encoding import object_to_json
from readerstudy.statistics.frame import Readings
from readerstudy.statistics.registry import Context, Result

GroupKey = Literal["reader", "level", "arm", "period", "repeat"]
R = TypeVar("R", bound=Result)


@dataclass(frozen=True, kw_only=True)
class Grouped(Result):
    """Counts over all groups, and one entry per group with its keys and warnings."""

    groups: tuple[Mapping[str, object], ...]


def run_grouped(
    readings: Readings,
    by: tuple[GroupKey, ...],
    context: Context,
    compute: Callable[[Readings, Context], R],
) -> R | Grouped:
    """``compute`` on all readings, or on each group of ``by`` with a random stream of its own."""
    if not by:
        warn_pooled(readings, context)
        return compute(readings, context)
    groups = split(readings, by)
    entries = []
    for (labels, part), rng in zip(groups, context.rng.spawn(len(groups)), strict=True):
        own = context.child(rng)
        if "reader" not in by:
            warn_pooled(part, own)
        result = compute(part, own)
        labelled = dict(zip(by, labels, strict=True))
        entries.append({**labelled, **object_to_json(result), "warnings": own.warnings})
    return Grouped(
        n=len(readings), n_missing=readings.n_missing, n_contradictory=readings.n_contradictory,
        groups=tuple(entries),
    )  # fmt: skip


def split(readings: Readings, by: tuple[str, ...]) -> list[tuple[tuple[Any, ...], Readings]]:
    """Readings by the distinct values of these columns, in the order of the file."""
    columns = [getattr(readings, name).tolist() for name in by]
    rows: dict[tuple[Any, ...], list[int]] = {}
    for index, labels in enumerate(zip(*columns, strict=True)):
        rows.setdefault(labels, []).append(index)
    return [(labels, readings.take_rows(indices)) for labels, indices in rows.items()]


def warn_pooled(readings: Readings, context: Context) -> None:
    """Say that readings of several raters are treated as if they were of one."""
    raters = readings.raters
    if len(raters) > 1:
        names = "; ".join(map(str, raters[:6])) + ("; ..." if len(raters) > 6 else "")
        context.warn(
            f"Readings of {len(raters)} raters are pooled ({names}); intervals do not know that"
            " they share readers."
        )
