"""Simulated readers: better with experience, led and misled by the AI, coherent."""

import numpy as np
import pytest

from readerstudy.simulation.mind import generator, impression, lean_of, sides_of
from readerstudy.statistics.tasks import Task

TASKS = {
    "bm": Task("bm", "binary", ("benign", "malignant"), ("malignant",)),
    "dx": Task("dx", "nominal", ("HCC", "ICC", "FNH")),
}
TRUTHS = {
    "a": {"bm": "malignant", "dx": "HCC"},
    "b": {"bm": "malignant", "dx": "ICC"},
    "c": {"bm": "benign", "dx": "FNH"},
}
SIDES = sides_of(TASKS, TRUTHS)


def share_right(level: str, advice: bool | None) -> float:
    """Return how often a reader of some level leans to the truth."""
    draws = np.random.default_rng(1)
    return float(np.mean([lean_of(level, 0.0, advice, draws) > 0 for _ in range(2000)]))


def test_experience_and_good_advice_help_and_bad_advice_misleads() -> None:
    assert share_right("junior", None) < share_right("middle", None) < share_right("senior", None)
    assert share_right("junior", False) < share_right("junior", None) < share_right("junior", True)


@pytest.mark.parametrize("lean", [-2.0, -0.1, 0.1, 2.0])
def test_decisions_of_one_reading_agree_with_each_other(lean: float) -> None:
    for seed in range(20):
        seen = impression(TASKS, TRUTHS["a"], SIDES, lean, None, np.random.default_rng(seed))

        assert (seen.decisions["dx"] == "HCC") is (lean > 0)
        assert seen.decisions["bm"] == SIDES["bm"][seen.decisions["dx"]]
        assert 0.5 <= seen.certainty <= 1


def test_who_is_misled_says_what_the_ai_says() -> None:
    for seed in range(5):
        seen = impression(TASKS, TRUTHS["a"], SIDES, -1.0, "FNH", np.random.default_rng(seed))
        assert seen.decisions == {"dx": "FNH", "bm": "benign"}


def test_chance_depends_on_its_labels_only() -> None:
    first = generator(1, "R01", "1", "C001").random()
    assert first == generator(1, "R01", "1", "C001").random()
    assert first != generator(2, "R01", "1", "C001").random()
    assert first != generator(1, "R01", "2", "C001").random()
