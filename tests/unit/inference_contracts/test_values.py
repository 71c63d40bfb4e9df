"""Values refuse what makes no sense and turn into the contract's JSON."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from inference.contracts import (
    Box,
    Clip,
    Geometry,
    Heatmap,
    Lesion,
    LesionInput,
    Mask,
    Notice,
    Prediction,
    RunOutput,
    RunRecord,
    Stage,
    Volume,
)
from inference.errors import BadCheckpoint, UnusableInput

SETTINGS = {"geometry": None, "phase": None, "calibrated": False, "series_key": "1"}


def test_a_volume_decodes_once_and_again_after_release() -> None:
    calls = []

    def decode() -> np.ndarray:
        calls.append(1)
        return np.zeros((2, 3, 4), np.float32)

    volume = Volume(decode, shape_zyx=(2, 3, 4), **SETTINGS)
    assert not calls
    assert volume.array_zyx is volume.array_zyx
    assert len(calls) == 1
    volume.release()
    assert volume.array_zyx.shape == volume.shape_zyx
    assert len(calls) == 2


def test_given_pixels_stay_after_release() -> None:
    volume = Volume(np.ones((1, 2, 2), np.float64), **SETTINGS)
    volume.release()
    assert volume.array_zyx.dtype == np.float32
    assert volume.array_zyx.sum() == 4


def test_pixels_must_fit_the_geometry() -> None:
    geometry = Geometry(np.eye(4), (2, 2, 2))
    with pytest.raises(ValueError, match="expected"):
        Volume(np.zeros((1, 2, 2), np.float32), **{**SETTINGS, "geometry": geometry})
    with pytest.raises(ValueError, match="z, y, x"):
        Volume(np.zeros((2, 2), np.float32), **SETTINGS)
    with pytest.raises(ValueError, match="t, y, x"):
        Clip(np.zeros((1, 2, 2), np.uint8), frame_time_ms=None, series_key="1")


@pytest.mark.parametrize(
    ("centre", "size"),
    [((0, 0, 0), (1, 0, 1)), ((0, 0, 0), (1, -2, 1)), ((np.nan, 0, 0), (1, 1, 1))],
)
def test_an_impossible_lesion_box_is_the_users_mistake(
    centre: tuple[float, float, float], size: tuple[float, float, float]
) -> None:
    with pytest.raises(UnusableInput) as caught:
        LesionInput(centre, size)
    assert caught.value.code == "bad_lesion"
    assert caught.value.exit_code == 2


def test_probabilities_sum_to_one_and_stand_with_a_decision() -> None:
    with pytest.raises(ValueError, match="sum"):
        Prediction("HCC", {"HCC": 0.5})
    with pytest.raises(ValueError, match="decision"):
        Prediction(None, {"HCC": 1.0})
    with pytest.raises(ValueError, match="decision"):
        Prediction("HCC", {})


def test_a_run_becomes_the_contracts_json() -> None:
    lesion = Lesion(Box(1, 2, 3, 4, 5, 6), (0, 0, 0, 1, 1, 1), 1.0, {"HCC": 1.0}, "given", "s")
    prediction = Prediction(
        "HCC",
        {"HCC": 1.0},
        stages=(Stage("bm", {"malignant": 1.0}),),
        lesions=(lesion,),
        decision_lesion=0,
        phases_used=("arterial",),
        warnings=(Notice("a", "b"),),
    )
    record = RunRecord("lilnet_ct", "1", "0" * 64, "demo", "mean_logit", "cpu", {"all": 1.0})
    grid = np.array([[[-2.0, 1.0]]], np.float32)
    heatmap = Heatmap("cam", "HCC", "arterial", "s", grid, np.eye(4), True, None, "c")
    answer = json.loads(json.dumps(RunOutput(prediction, (heatmap,), record).to_json()))
    contract = {
        "system", "version", "weights_sha256", "configuration", "device", "decision",
        "probabilities", "lesions", "phases_used", "phases_missing", "warnings", "timings_ms",
        "stages", "decision_lesion",
    }  # fmt: skip
    assert contract <= set(answer)
    assert answer["lesions"][0]["box_mm"] == [1, 2, 3, 4, 5, 6]
    assert answer["heatmaps"][0]["vmax"] == 2.0
    assert answer["heatmaps"][0]["shape_zyx"] == [1, 1, 2]


def test_a_bad_checkpoint_names_its_keys() -> None:
    error = BadCheckpoint("It doesn't fit.", missing=["fc.bias"], unexpected=["head.weight"])
    assert error.exit_code == 3
    assert "fc.bias" in str(error)
    assert "head.weight" in error.to_json()["message"]


@settings(max_examples=30, deadline=None)
@given(arrays(np.bool_, st.tuples(*[st.integers(1, 4)] * 3)))
def test_mask_runs_tell_every_voxel(inside: NDArray[np.bool_]) -> None:
    runs = Mask(0, None, "1.2", inside, np.eye(4)).runs()
    told = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    assert np.array_equal(told.reshape(inside.shape), inside)
    assert all(length > 0 for length in runs[1:])
