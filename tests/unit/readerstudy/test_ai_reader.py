"""The AI's output as answers to a study's tasks."""

from typing import Any

import pytest

from inference.registry import find
from readerstudy.ai import TaskAnswer, ai_readers, answers
from readerstudy.statistics.tasks import Task

LILNET = find("lilnet_ct")
TASKS = {
    "bm": Task("bm", "binary", ("benign", "malignant"), ("malignant",)),
    "dx": Task("dx", "nominal", ("HCC", "ICC", "MET", "FNH", "HEM", "CYST")),
}
# The benign side wins (0.55), although HCC is the most probable leaf.
SPLIT = {"HCC": 0.45, "ICC": 0.0, "MET": 0.0, "FNH": 0.3, "HEM": 0.2, "CYST": 0.05}
SURE = {"HCC": 0.9, "ICC": 0.02, "MET": 0.02, "FNH": 0.02, "HEM": 0.02, "CYST": 0.02}


def result(*lesions: dict[str, Any], decision: str | None = "HCC") -> dict[str, Any]:
    """Return a prediction that rests on its first lesion."""
    return {
        "decision": decision,
        "probabilities": SURE if decision else {},
        "lesions": list(lesions),
        "decision_lesion": 0 if lesions else None,
    }


def lesion(x: float, probabilities: dict[str, float] = SURE) -> dict[str, Any]:
    """Return a lesion of 10 mm around (x, 0, 0)."""
    return {"box_mm": [x, 0, 0, 10, 10, 10], "box_px": [0] * 6, "probabilities": probabilities}


def at(x: float) -> dict[str, Any]:
    """Return an index lesion of 10 mm around (x, 0, 0)."""
    return {"centre_mm": [x, 0, 0], "size_mm": [10, 10, 10]}


def test_without_an_index_lesion_the_case_decides() -> None:
    found = answers(result(lesion(0)), None, TASKS, LILNET)

    assert found["dx"] == TaskAnswer("HCC", None)
    assert found["bm"].decision == "malignant"
    assert found["bm"].rating == pytest.approx(94)


def test_the_index_lesion_is_the_nearest_that_touches_it() -> None:
    prediction = result(lesion(0), lesion(50, SPLIT), lesion(53))

    found = answers(prediction, at(49), TASKS, LILNET)

    assert found["dx"].decision == "FNH"  # the benign side is more probable than HCC
    assert found["bm"] == TaskAnswer("benign", pytest.approx(45))


def test_a_lesion_elsewhere_is_no_answer() -> None:
    found = answers(result(lesion(0)), at(100), TASKS, LILNET)

    assert found == dict.fromkeys(TASKS, TaskAnswer("no_lesion", None))


def test_nothing_found_is_no_lesion() -> None:
    found = answers(result(decision=None), None, TASKS, LILNET)

    assert found == dict.fromkeys(TASKS, TaskAnswer("no_lesion", None))


def test_without_geometry_boxes_are_in_pixels() -> None:
    flat = {"box_mm": None, "box_px": [10, 10, 3, 20, 20, 4], "probabilities": SPLIT}
    marked = {"centre_mm": [14.5, 14.5, 3], "size_mm": [10, 10, 1]}

    found = answers(result(lesion(0), flat), marked, TASKS, LILNET)

    assert found["bm"].decision == "benign"


def test_a_task_that_the_classes_do_not_cover_stays_unanswered() -> None:
    tasks = TASKS | {"grade": Task("grade", "ordinal", ("1", "2", "3"))}

    assert answers(result(lesion(0)), None, tasks, LILNET).keys() == TASKS.keys()


def test_a_system_of_one_network_takes_its_most_probable_class() -> None:
    spec = find("fourphase_ct", available=False)
    tasks = {"dx": Task("dx", "binary", ("HCC", "ICC"), ("ICC",))}
    leaves = {"HCC": 0.4, "ICC": 0.6}
    marked = [{**lesion(0), "probabilities": leaves}, {**lesion(50), "probabilities": leaves}]

    found = answers(result(*marked), at(50), tasks, spec)

    assert found["dx"] == TaskAnswer("ICC", pytest.approx(60))


def test_systems_read_under_names_of_their_own() -> None:
    assert ai_readers(["lilnet_ct"]) == {"lilnet_ct": "AI"}
    assert ai_readers(["a", "b"]) == {"a": "AI-a", "b": "AI-b"}
