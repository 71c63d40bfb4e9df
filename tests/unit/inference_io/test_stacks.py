"""Planes become volumes by their place in the patient, whatever the order of the files."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.io.headers import FrameHeader
from inference.io.stacks import build_stacks
from tests.unit.inference_io.factories import plane


def tilted(angle: float, n: int = 7, step: float = 5.0) -> list[FrameHeader]:
    """Return an oblique stack: its normal turned about x, its origin off centre."""
    row = np.array([1.0, 0.0, 0.0])
    column = np.array([0.0, np.cos(angle), np.sin(angle)])
    normal = np.cross(row, column)
    return [
        plane(
            source=f"{n}",
            position_mm=tuple((np.array([10.0, -30.0, 7.0]) + n * step * normal).tolist()),
            orientation=(*row.tolist(), *column.tolist()),
            instance=float(100 - n),
        )
        for n in range(n)
    ]


@settings(max_examples=50, deadline=None)
@given(st.permutations(range(7)), st.floats(-0.75, 0.75))
def test_the_order_of_files_does_not_matter(order: list[int], angle: float) -> None:
    frames = tilted(angle)
    (stack,) = build_stacks(frames[n] for n in order)
    assert list(stack.frames) == frames
    assert stack.geometry is not None
    for z, frame in enumerate(frames):
        assert np.allclose(stack.geometry.world_from_index((0, 0, z)), frame.position_mm)


def test_columns_step_by_the_second_pixel_spacing() -> None:
    (stack,) = build_stacks([plane(0), plane(5)])
    assert stack.geometry is not None
    assert stack.geometry.spacing_mm == pytest.approx((0.7, 0.8, 5.0))
    assert stack.shape_zyx == (2, 4, 5)


def test_feet_first_images_still_run_from_foot_to_head() -> None:
    turned = (-1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
    (stack,) = build_stacks([plane(z, orientation=turned) for z in (10, 0, 5)])
    assert [f.position_mm[2] for f in stack.frames if f and f.position_mm] == [0, 5, 10]


def test_a_tilted_gantry_shears_the_affine() -> None:
    frames = [plane(position_mm=(0.0, 2.0 * n, 5.0 * n), source=str(n)) for n in range(4)]
    (stack,) = build_stacks(frames)
    assert stack.geometry is not None
    assert np.allclose(stack.geometry.affine[:3, 2], (0, 2, 5))
    assert not stack.notices


@settings(max_examples=30, deadline=None)
@given(st.randoms(use_true_random=False))
def test_time_points_of_a_dynamic_series_are_told_apart(random: object) -> None:
    frames = [
        plane(z, time_s=100.0 * t + (z > 5), instance=float(t * 10 + z))
        for t in range(3)
        for z in range(10)
    ]
    shuffled = list(frames)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    stacks = build_stacks(shuffled)
    assert len(stacks) == 3
    for t, stack in enumerate(stacks):
        assert [frame.time_s for frame in stack.frames if frame] == [
            100.0 * t + (z > 5) for z in range(10)
        ]


def test_stated_temporal_positions_win_over_the_clock() -> None:
    frames = [plane(z, temporal=float(t), time_s=float(100 - t)) for t in (1, 2) for z in range(3)]
    first, second = build_stacks(frames)
    assert {f.temporal for f in first.frames if f} == {1.0}
    assert {f.temporal for f in second.frames if f} == {2.0}


def test_repeated_images_of_one_place_are_a_film() -> None:
    (stack,) = build_stacks([plane(0, time_s=float(t)) for t in (2, 0, 1)])
    assert stack.geometry is None
    assert [frame.time_s for frame in stack.frames if frame] == [0, 1, 2]


def test_a_missing_slice_leaves_a_slot() -> None:
    (stack,) = build_stacks([plane(z) for z in (0, 5, 10, 20, 25, 30)])
    assert [frame is None for frame in stack.frames] == [False] * 3 + [True] + [False] * 3
    assert stack.geometry is not None
    assert stack.geometry.spacing_mm[2] == pytest.approx(5)
    assert [notice.code for notice in stack.notices] == ["missing_slices"]


def test_uneven_spacing_is_said() -> None:
    (stack,) = build_stacks([plane(z) for z in (0, 5, 10, 13, 18)])
    assert None not in stack.frames
    assert [notice.code for notice in stack.notices] == ["uneven_spacing"]


def test_different_planes_and_echoes_do_not_mix() -> None:
    sagittal = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)
    frames = [
        plane(0),
        plane(5),
        plane(0, orientation=sagittal),
        plane(0, kind="second echo"),
        plane(0, shape_yx=(8, 8)),
    ]
    assert sorted(len(stack.frames) for stack in build_stacks(frames)) == [1, 1, 1, 2]


@pytest.mark.parametrize(
    "broken",
    [
        {"orientation": (0.0,) * 6},
        {"orientation": (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)},
        {"orientation": None},
        {"position_mm": None},
        {"spacing_yx_mm": (0.0, 1.0)},
    ],
)
def test_impossible_headers_mean_no_geometry(broken: dict[str, object]) -> None:
    (stack,) = build_stacks([plane(instance=2.0, **broken), plane(instance=1.0, **broken)])
    assert stack.geometry is None
    assert [frame.instance for frame in stack.frames if frame] == [1, 2]
