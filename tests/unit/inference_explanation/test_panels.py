"""Pictures show the image under the map, and say what they are."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from inference.contracts import Clip, Exam, Heatmap, Prediction, RunOutput, RunRecord
from inference.explanation import panels
from inference.explanation.panels import sampled_image, write_panels
from tests.unit.inference_lilnet.builders import affine_of, exam_of, volume_with_ball

BALL = (40.0, 30.0, 3.0)
VOLUME = volume_with_ball(affine_of(np.diag([-1.0, 1, 1]), (0.8, 0.8, 5.0)), (6, 72, 80), BALL)


def heatmap(code: str, method: str = "cam") -> Heatmap:
    """A 5 x 5 x 1 map of cells of 8 voxels whose middle cell lies on the ball."""
    assert VOLUME.geometry is not None
    index = np.diag([8.0, 8.0, 1.0, 1.0])
    index[:3, 3] = np.array(BALL) - (16, 16, 0)
    grid = np.zeros((1, 5, 5), np.float32)
    grid[0, 2, 2] = 2.0
    return Heatmap(
        method=method,
        class_code=code,
        phase="portal_venous",
        series_key=VOLUME.series_key,
        grid_zyx=grid,
        affine=VOLUME.geometry.affine @ index,
        signed=method == "shap",
        completeness_error=0.02 if method == "shap" else None,
        caption="",
    )


def output_with(*maps: Heatmap) -> RunOutput:
    record = RunRecord(
        "lilnet_ct", "1", "ab" * 32, "demo", "mean_logit", "cpu", label="phantom-trained"
    )
    return RunOutput(Prediction(None, {}), maps, record)


def test_the_image_is_sampled_under_the_map() -> None:
    image = sampled_image(VOLUME, heatmap("HCC"), 0, (60.0, 400.0))
    bright = np.argwhere(image > 0.8).mean(axis=0)
    assert bright == pytest.approx([panels.SIDE_PX / 2 - 0.5] * 2, abs=3)


def test_one_picture_per_method_and_volume(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    notes: list[str] = []
    draw = panels._draw

    def recording(maps, volume, window, note):
        notes.append(note)
        return draw(maps, volume, window, note)

    monkeypatch.setattr(panels, "_draw", recording)
    maps = tuple(heatmap(code, method) for method in ("cam", "shap") for code in ("HCC", "ICC"))
    written = write_panels(output_with(*maps), exam_of(VOLUME), tmp_path / "out")
    assert [path.name for path in written] == [
        "01-cam-portal_venous.png",
        "02-shap-portal_venous.png",
    ]
    for path in written:
        with Image.open(path) as picture:
            assert picture.width > 400 and np.asarray(picture.convert("L")).std() > 20
    assert all("phantom-trained" in note and "Research use only" in note for note in notes)


def test_maps_of_nothing_are_drawn_too(tmp_path) -> None:
    empty = replace(heatmap("HCC"), grid_zyx=np.zeros((1, 5, 5), np.float32))
    assert len(write_panels(output_with(empty), exam_of(VOLUME), tmp_path)) == 1


def test_maps_of_clips_are_drawn_region_by_region(tmp_path) -> None:
    frames = np.random.default_rng(0).integers(0, 255, (2, 40, 50, 3), dtype=np.uint8)
    clip = Clip(frames, frame_time_ms=None, series_key="clip", modality="US")
    near, far = np.diag([4.0, 4.0, 1.0, 1.0]), np.diag([4.0, 4.0, 1.0, 1.0])
    far[:3, 3] = 20, 10, 1
    grid = np.ones((1, 5, 5), np.float32)
    maps = tuple(
        Heatmap("cam", code, None, "clip", grid, affine, False, None, "caption")
        for affine in (near, far)
        for code in ("benign", "malignant")
    )
    pictures = write_panels(output_with(*maps), Exam("case", clips=(clip,)), tmp_path)
    assert len(pictures) == 2
    assert all(path.stat().st_size > 2000 for path in pictures)
