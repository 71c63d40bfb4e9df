"""Tracking, optical flow, the time-intensity curve and the frames taken by it."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from inference.contracts import Clip
from inference.pipelines.ceus_dcb.configuration import DEMO, PAPER
from inference.pipelines.ceus_dcb.curve import TimeIntensity
from inference.pipelines.ceus_dcb.flow import FULL_SCALE_PX, flow_maps, optical_flow
from inference.pipelines.ceus_dcb.locate import region_warnings
from inference.pipelines.ceus_dcb.preprocess import carry, grey_window, make_video
from inference.pipelines.ceus_dcb.tracking import follow
from inference.preprocessing.outlines import polygon_box
from tests.unit.inference_ceus.builders import MARKED, breathing, clip_of, disc_frames, outline


def test_breathing_is_followed_while_brightness_changes() -> None:
    windows = disc_frames()[..., 0].astype(np.float32) / 255
    shifts = follow(windows, MARKED, 12)
    assert shifts[MARKED].tolist() == [0, 0]
    assert np.abs(shifts - breathing()).mean() < 0.5
    assert np.abs(breathing()).mean() > 1.5


def test_frames_that_show_nothing_keep_their_neighbours_place() -> None:
    windows = disc_frames()[..., 0].astype(np.float32) / 255
    windows[:3] = 0.0
    shifts = follow(windows, MARKED, 12)
    assert np.array_equal(shifts[:3], np.repeat(shifts[3:4], 3, axis=0))


def textured(side: int = 64) -> np.ndarray:
    rng = np.random.default_rng(1)
    image = ndimage.gaussian_filter(rng.standard_normal((side, side)), 2.5)
    return ((image - image.min()) / np.ptp(image)).astype(np.float32)


@pytest.mark.parametrize("shift", [(0.6, -0.3), (3.0, 2.0), (-5.0, 1.5)])
def test_flow_of_a_rigid_shift_is_that_shift(shift: tuple[float, float]) -> None:
    first = textured()
    dx, dy = shift
    second = ndimage.shift(first, (dy, dx), order=3, mode="nearest").astype(np.float32)
    inner = optical_flow(first, second)[:, 12:-12, 12:-12]
    assert np.abs(inner[0] - dx).mean() < 0.15
    assert np.abs(inner[1] - dy).mean() < 0.15


def test_flow_of_flat_or_equal_images_is_nothing() -> None:
    flat = np.full((32, 32), 0.4, np.float32)
    assert np.abs(optical_flow(flat, flat + np.float32(0.1))).max() < 1e-3
    assert np.abs(optical_flow(textured(), textured())).max() < 1e-3


def test_flow_maps_hold_direction_and_length_in_units_of_full_scale() -> None:
    first = textured()
    steps = [ndimage.shift(first, (0, 1.0 * n), order=3, mode="nearest") for n in range(5)]
    maps = flow_maps(np.stack(steps).astype(np.float32), 4)
    assert maps.shape == (4, 3, 64, 64) and np.abs(maps).max() <= 1
    inner = maps[:, :, 16:-16, 16:-16].mean(axis=(0, 2, 3)) * FULL_SCALE_PX
    assert inner == pytest.approx([1.0, 0.0, 1.0], abs=0.15)


def test_frames_are_taken_evenly_up_to_the_peak_and_behind_it() -> None:
    curve = TimeIntensity.of(np.concatenate((np.linspace(0, 1, 161), np.linspace(1, 0.2, 240))))
    assert abs(curve.peak - 160) <= 4
    frames = curve.frames(PAPER.before_peak, PAPER.after_peak)
    rise, fall = frames[: PAPER.before_peak], frames[PAPER.before_peak :]
    assert len(frames) == 100 and rise[0] == 0 and rise[-1] == curve.peak
    assert fall[0] == curve.peak + 1 and fall[-1] == 400
    assert np.ptp(np.diff(rise)) <= 1 and np.ptp(np.diff(fall)) <= 1
    assert curve.arrival == pytest.approx(32, abs=6)


def test_few_frames_are_repeated_rather_than_invented() -> None:
    curve = TimeIntensity.of(np.array([0.1, 0.3, 0.9, 0.8]))
    frames = curve.frames(6, 3)
    assert set(frames.tolist()) <= {0, 1, 2, 3} and len(frames) == 9


def test_the_region_has_the_papers_margin_and_keeps_the_lesion_in_its_middle() -> None:
    clip = clip_of(disc_frames())
    box = polygon_box(outline().lesion)
    region = carry(clip, MARKED, box, DEMO)
    assert region.box == (box[0] - 20, box[1] - 20, box[2] + 20, box[3] + 20)
    video = make_video(region, DEMO)
    assert video.images.shape == (DEMO.n_frames, DEMO.roi_px, DEMO.roi_px)
    early = video.images[(video.frames > 3) & (video.frames < 9)]
    middle = early[:, 20:29, 20:29].mean(axis=(1, 2))
    around = early[:, 2:10, 20:29].mean(axis=(1, 2))
    assert (middle > around).all()
    assert video.tensor().shape == (DEMO.n_frames + DEMO.n_flows, 3, DEMO.roi_px, DEMO.roi_px)


def test_colour_counts_by_luminance() -> None:
    grey = disc_frames()
    tinted = np.rint(grey * np.array([1.0, 0.86, 0.55])).astype(np.uint8)
    plain = grey_window(clip_of(grey), (10, 10, 60, 60))
    seen = grey_window(clip_of(tinted), (10, 10, 60, 60))
    factor = 0.299 + 0.587 * 0.86 + 0.114 * 0.55
    assert np.abs(seen - factor * plain).max() < 0.01


def test_of_a_dual_display_only_the_outlined_picture_is_seen() -> None:
    contrast = disc_frames()
    side = contrast.shape[2]
    tissue = np.random.default_rng(2).integers(0, 255, contrast.shape, np.uint8)
    dual = Clip(
        np.concatenate([tissue, contrast], axis=2),
        frame_time_ms=1500.0,
        series_key="1.2.3",
        spacing_mm=(1.0, 1.0),
        modality="US",
        pictures_px=((0, 0, side, side), (side, 0, 2 * side, side)),
    )
    box = polygon_box(outline().lesion)
    moved = (box[0] + side, box[1], box[2] + side, box[3])
    alone, beside = carry(clip_of(contrast), MARKED, box, DEMO), carry(dual, MARKED, moved, DEMO)
    assert beside.origin[0] == alone.origin[0] + side
    assert np.array_equal(beside.window, alone.window)
    assert np.array_equal(beside.shifts_px, alone.shifts_px)
    (notice,) = region_warnings(1, beside)
    assert notice.code == "dual_display" and f"columns {side + 1} to {2 * side}" in notice.message
    between = replace(beside, lesion_box=(-20, 0, 0, 20))
    assert "in none of them" in region_warnings(1, between)[0].message
