"""Boxes on slices become lesions in space, and those of two phases one lesion."""

import numpy as np
import pytest

from inference.contracts import Box
from inference.detection.link import Candidate, box_iou, link_slices, merge_phases
from inference.detection.slices import SliceBox, square_input


def box(z: int, x: float, size: float = 10.0, confidence: float = 0.5) -> SliceBox:
    return SliceBox(z, x, x, x + size, x + size, confidence)


def test_overlapping_boxes_on_neighbouring_slices_are_one_lesion() -> None:
    tracks = link_slices([box(3, 10), box(4, 11, confidence=0.9), box(5, 12), box(4, 60)])
    assert [(t.z0, t.z1, t.n_slices) for t in tracks] == [(3, 6, 3), (4, 5, 1)]
    assert tracks[0].confidence == 0.9


def test_one_missed_slice_is_bridged_and_two_are_not() -> None:
    assert len(link_slices([box(1, 10), box(3, 10)])) == 1
    assert len(link_slices([box(1, 10), box(4, 10)])) == 2


def test_a_lesion_is_as_wide_as_its_larger_half_of_boxes() -> None:
    (track,) = link_slices([box(1, 14, 4), box(2, 11, 10), box(3, 11, 10), box(4, 14, 4)])
    assert (track.x0, track.x1) == (11, 21)


def test_two_lesions_side_by_side_stay_two() -> None:
    tracks = link_slices([box(z, x) for z in (1, 2, 3) for x in (10, 24)])
    assert sorted(t.x0 for t in tracks) == [10, 24]


def test_candidates_of_two_phases_are_joined_weighted_by_slices() -> None:
    first = Candidate(Box(0, 0, 0, 20, 20, 20), 0.6, 3)
    second = Candidate(Box(4, 0, 0, 20, 20, 20), 0.8, 1)
    far = Candidate(Box(90, 0, 0, 20, 20, 20), 0.7, 2)
    joined = merge_phases([first, second, far])
    assert [c.confidence for c in joined] == [0.8, 0.7]
    assert joined[0].box.x == pytest.approx(1.0) and joined[0].n_slices == 4


def test_overlap_in_space() -> None:
    assert box_iou(Box(0, 0, 0, 2, 2, 2), Box(1, 0, 0, 2, 2, 2)) == pytest.approx(4 / 12)
    assert box_iou(Box(0, 0, 0, 2, 2, 2), Box(3, 0, 0, 2, 2, 2)) == 0


def test_slices_are_padded_to_squares_before_they_are_resized() -> None:
    image = np.ones((1, 20, 40), np.float32)
    square = square_input(image, 40)
    assert square.shape == (1, 40, 40)
    assert square[0, :20].min() == 1 and square[0, 20:].max() == 0
