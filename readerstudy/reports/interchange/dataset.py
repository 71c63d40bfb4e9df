"""The common ground of all formats: who rated which case how, and what is true."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

Row = Mapping[str, object]
"""A row of readings.csv, reference.csv, marks.csv or lesions.csv, as text or numbers."""
TASK = "roc"
"""Name of the task in rows made from a data set that names none."""
CATEGORIES = ("negative", "positive")


class InterchangeError(ValueError):
    """Data that a format cannot express, or a file that is not of the format."""


class Rating(NamedTuple):
    """One reading; `rating` is None in a FROC study, where the marks carry the ratings."""

    reader: str
    arm: str
    case: str
    rating: float | None


class Mark(NamedTuple):
    """One mark; `lesion` is None for a false positive."""

    reader: str
    arm: str
    case: str
    mark: str
    lesion: str | None
    rating: float


class Lesion(NamedTuple):
    """One true lesion; `weight` is None where lesions weigh equally."""

    case: str
    lesion: str
    weight: float | None


@dataclass(frozen=True)
class Dataset:
    """Readings of one task.

    Attributes
    ----------
    positive
        Case to truth, in the order of the reference.
    marks, lesions
        Empty unless the study is a FROC study.
    """

    positive: Mapping[str, bool]
    ratings: tuple[Rating, ...]
    marks: tuple[Mark, ...] = ()
    lesions: tuple[Lesion, ...] = ()

    @property
    def readers(self) -> tuple[str, ...]:
        """Distinct readers in order of appearance."""
        return tuple(dict.fromkeys(rating.reader for rating in self.ratings))

    @property
    def arms(self) -> tuple[str, ...]:
        """Distinct arms in order of appearance."""
        return tuple(dict.fromkeys(rating.arm for rating in self.ratings))

    @property
    def is_froc(self) -> bool:
        """Whether there are marks or lesions."""
        return bool(self.marks or self.lesions)

    def rated(self) -> list[tuple[str, str, str, float]]:
        """(reader, arm, case, rating) of the readings that have a rating.

        Raises
        ------
        InterchangeError
            If there is none, or a reader rated a case twice in an arm.
        """
        rated = [(*row[:3], row.rating) for row in self.ratings if row.rating is not None]
        if not rated:
            raise InterchangeError("No reading has a rating; this format is about ratings.")
        seen: set[tuple[str, str, str]] = set()
        for reader, arm, case, _rating in rated:
            if (reader, arm, case) in seen:
                raise InterchangeError(
                    f"{reader} rated {case} twice in {arm}; export one period at a time."
                )
            seen.add((reader, arm, case))
        return rated


def dataset_from_rows(
    readings: Iterable[Row],
    reference: Iterable[Row],
    *,
    task: str,
    positive: Iterable[str],
    marks: Iterable[Row] = (),
    lesions: Iterable[Row] = (),
) -> Dataset:
    """A data set from rows of the analysis contract; first readings only (repeat 0).

    Parameters
    ----------
    task
        The task to export.
    positive
        Its positive categories.
    """
    positive = frozenset(positive)
    truth = {
        _text(row, "case"): _text(row, "truth") in positive
        for row in reference
        if _text(row, "task") == task
    }
    ratings = tuple(
        Rating(_text(row, "reader"), _text(row, "arm"), _text(row, "case"), _number(row, "rating"))
        for row in readings
        if _text(row, "task") == task and _text(row, "repeat") in ("", "0")
    )
    return Dataset(
        positive=truth,
        ratings=ratings,
        marks=tuple(
            Mark(
                _text(row, "reader"),
                _text(row, "arm"),
                _text(row, "case"),
                _text(row, "mark"),
                _text(row, "lesion") or None,
                float(_text(row, "rating")),
            )
            for row in marks
        ),
        lesions=tuple(
            Lesion(_text(row, "case"), _text(row, "lesion"), _number(row, "weight"))
            for row in lesions
        ),
    )


def reading_rows(data: Dataset, task: str = TASK) -> list[dict[str, object]]:
    """Rows of readings.csv."""
    return [rating._asdict() | {"task": task} for rating in data.ratings]


def reference_rows(data: Dataset, task: str = TASK) -> list[dict[str, object]]:
    """Rows of reference.csv, with the truths of `CATEGORIES`."""
    return [
        {"case": case, "task": task, "truth": CATEGORIES[truth]}
        for case, truth in data.positive.items()
    ]


def mark_rows(data: Dataset) -> list[dict[str, object]]:
    """Rows of marks.csv."""
    return [mark._asdict() for mark in data.marks]


def lesion_rows(data: Dataset) -> list[dict[str, object]]:
    """Rows of lesions.csv."""
    return [lesion._asdict() for lesion in data.lesions]


def number_text(value: float) -> str:
    """The shortest text that reads back as the same number, whole numbers without a point."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


def _text(row: Row, key: str) -> str:
    value = row.get(key)
    return "" if value is None else str(value).strip()


def _number(row: Row, key: str) -> float | None:
    text = _text(row, key)
    return float(text) if text else None
