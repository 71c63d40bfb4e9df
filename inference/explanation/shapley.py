"""Exact Shapley values of a table's columns against a baseline, for few columns.

Shapley 1953; as attributions of a model with missing columns set to a baseline: Sundararajan and
Najmi 2020 ("baseline Shapley", ICML, PMLR 119:9269-9278), equation 1. All 2^n coalitions are
asked, so there is no sampling error: the values sum to f(row) - f(baseline).
"""

from collections.abc import Callable, Sequence
from math import factorial

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_PLAYERS = 18


def shapley_values(
    model: Callable[[Floats], Floats],
    row: Floats,
    baseline: Floats,
    players: Sequence[Sequence[int]],
) -> Floats:
    """Return what each player moves each output from the baseline's to the row's.

    Parameters
    ----------
    model
        Maps rows (m, columns) to outputs (m, outputs).
    row, baseline
        (columns,).
    players
        Columns that each player holds; columns nobody holds keep the row's value.

    Returns
    -------
    ndarray
        (players, outputs).

    Raises
    ------
    ValueError
        For more than `MOST_PLAYERS` players.
    """
    count = len(players)
    if count > MOST_PLAYERS:
        raise ValueError(f"exact Shapley values take up to {MOST_PLAYERS} players, found {count}")
    coalitions = np.arange(2**count)
    joined = (coalitions[:, None] >> np.arange(count)) & 1
    rows = np.repeat(row[None], len(coalitions), axis=0)
    for player, columns in enumerate(players):
        absent = joined[:, player] == 0
        for column in columns:
            rows[absent, column] = baseline[column]
    outputs = model(rows)
    sizes = joined.sum(axis=1)
    weight = np.array(
        [factorial(k) * factorial(count - k - 1) / factorial(count) for k in range(count)]
    )
    values = np.zeros((count, outputs.shape[1]))
    for player in range(count):
        without = coalitions[joined[:, player] == 0]
        gain = outputs[without | (1 << player)] - outputs[without]
        values[player] = (weight[sizes[without]][:, None] * gain).sum(axis=0)
    return values
