"""Split cases, never images: everything of one patient lands on the same side."""

from collections.abc import Mapping, Sequence

import numpy as np

from inference.errors import UnusableInput
from inference.io.cohort import TruthRow

MOST_FOLDS = 20


def split_cases(
    classes: Mapping[str, str], validation_share: float, rng: np.random.Generator
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Divide cases at random into training and validation, class by class.

    Parameters
    ----------
    classes
        Class of each case by its key.
    validation_share
        Part of each class that is held out, in [0, 1); rounded, so that small classes may give
        none.

    Returns
    -------
    tuple of tuple of str
        Keys for training and for validation, sorted.
    """
    held_out: set[str] = set()
    for code in sorted(set(classes.values())):
        keys = sorted(key for key, value in classes.items() if value == code)
        count = round(validation_share * len(keys))
        held_out.update(keys[i] for i in rng.permutation(len(keys))[:count])
    return tuple(sorted(classes.keys() - held_out)), tuple(sorted(held_out))


def latest_cases(rows: Sequence[TruthRow], share: float) -> frozenset[str]:
    """Return the cases acquired last, by the stratum ``acquired`` (ISO dates).

    Parameters
    ----------
    share
        Part of the cases, in [0, 1).

    Raises
    ------
    UnusableInput
        ``missing_dates``.
    """
    dates = {row.case: row.strata.get("acquired", "") for row in rows}
    if not all(dates.values()):
        raise UnusableInput(
            "missing_dates",
            "A split by time needs the date of each case; truth.csv has no column acquired or "
            "leaves it empty.",
        )
    ordered = sorted(dates, key=lambda case: (dates[case], case))
    return frozenset(ordered[len(ordered) - round(share * len(ordered)) :])


def split_rows(
    rows: Sequence[TruthRow],
    classes: Sequence[str],
    validation_share: float,
    rng: np.random.Generator,
    split: str = "random",
) -> tuple[tuple[TruthRow, ...], tuple[TruthRow, ...]]:
    """Divide the rows of ``truth.csv`` by case into training and validation.

    Parameters
    ----------
    classes
        All have to occur.
    validation_share
        See `split_cases`.
    split
        "random", or "time" to hold out the cases acquired last.

    Raises
    ------
    UnusableInput
        ``missing_class``, ``missing_dates`` or ``bad_argument``.
    """
    if split not in ("random", "time"):
        raise UnusableInput("bad_argument", f"Split is random or time, found {split!r}.")
    missing = sorted(set(classes) - {row.truth for row in rows})
    if missing:
        raise UnusableInput(
            "missing_class",
            f"The cohort has no lesion of {', '.join(missing)}; training needs all classes: "
            f"{', '.join(classes)}.",
        )
    if split == "time":
        held_out = latest_cases(rows, validation_share)
    else:
        classes_of = {row.case: row.truth for row in rows}
        held_out = frozenset(split_cases(classes_of, validation_share, rng)[1])
    return (
        tuple(row for row in rows if row.case not in held_out),
        tuple(row for row in rows if row.case in held_out),
    )


def folds(
    classes: Mapping[str, str], n_folds: int, rng: np.random.Generator
) -> tuple[tuple[str, ...], ...]:
    """Divide cases at random into folds of like size, class by class (k-fold cross validation).

    Parameters
    ----------
    classes
        Class of each case by its key.
    n_folds
        2 or more.

    Returns
    -------
    tuple of tuple of str
        Keys of each fold, sorted; every key lies in one fold.
    """
    if n_folds < 2:
        raise ValueError("cross validation needs 2 folds or more")
    parts: list[list[str]] = [[] for _ in range(n_folds)]
    dealt = 0
    for code in sorted(set(classes.values())):
        keys = sorted(key for key, value in classes.items() if value == code)
        for position in rng.permutation(len(keys)).tolist():
            parts[dealt % n_folds].append(keys[position])
            dealt += 1
    return tuple(tuple(sorted(part)) for part in parts)


def checked_folds(word: str) -> int:
    """Return the number of folds that an option gives, 0 for no cross validation.

    Raises
    ------
    UnusableInput
        ``bad_argument``.
    """
    if not word.isdigit() or int(word) == 1 or int(word) > MOST_FOLDS:
        raise UnusableInput("bad_argument", f"Folds are 0 or from 2 to 20, found {word!r}.")
    return int(word)
