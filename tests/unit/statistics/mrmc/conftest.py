"""The Van Dyke study as arrays, and brute-force definitions to hold the fast code against."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from readerstudy.statistics.mrmc.auc import BoolArray, FloatArray

Study = tuple[FloatArray, BoolArray]
"""(n_arms, n_readers, n_cases) ratings and (n_cases,) truth."""


@pytest.fixture(scope="session")
def van_dyke(shared_data: Path) -> Callable[[str], Study]:
    """Loader of the Van Dyke 1993 ratings; the column of case codes decides the nesting."""
    with (shared_data / "statistics" / "vandyke_ratings.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    def load(case_column: str = "case") -> Study:
        cases = {code: i for i, code in enumerate(sorted({row[case_column] for row in rows}))}
        ratings = np.full((2, 5, len(cases)), np.nan)
        positive = np.zeros(len(cases), dtype=bool)
        for row in rows:
            case = cases[row[case_column]]
            ratings[int(row["treatment"]) - 1, int(row["reader"]) - 1, case] = float(row["rating"])
            positive[case] = row["truth"] == "1"
        return ratings, positive

    return load


def win(positive: float, negative: float) -> float:
    """1, 1/2 or 0: the comparison every area is made of."""
    return 1.0 if positive > negative else 0.5 if positive == negative else 0.0


def brute_auc(ratings: FloatArray, positive: BoolArray) -> float:
    """The definition, by two loops."""
    seen = ~np.isnan(ratings)
    wins = [win(x, y) for x in ratings[positive & seen] for y in ratings[~positive & seen]]
    return float(np.mean(wins))


def random_study(
    seed: int, n_arms: int = 2, n_readers: int = 3, n_cases: int = 14, missing: float = 0.0
) -> Study:
    """Tied ratings with some cells left out; every cell keeps two cases of each truth."""
    rng = np.random.default_rng(seed)
    positive = np.arange(n_cases) % 2 == 0
    ratings = np.round(rng.normal(size=(n_arms, n_readers, n_cases)) * 1.5 + positive)
    gone = rng.random(ratings.shape) < missing
    gone[:, :, :4] = False
    ratings[gone] = np.nan
    return ratings, positive
