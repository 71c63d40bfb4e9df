"""Split cases, never images: everything of one patient lands on the same side."""

from collections.abc import Mapping

import numpy as np


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
