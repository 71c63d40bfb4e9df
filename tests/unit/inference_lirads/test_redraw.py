"""A lesion redrawn slice by slice: what is measured, what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.errors import UnusableInput
from inference.lirads import Features
from inference.pipelines.lirads_mri.findings import describe
from inference.pipelines.lirads_mri.redraw import MEASURED, SliceOutline, measured
from inference.pipelines.lirads_mri.revise import EDITED, revise

INSIDE = np.zeros((3, 6, 6), np.bool_)
INSIDE[0, 2, 2] = INSIDE[2, 3, 3] = True
INSIDE[1, 1:5, 1:5] = True


def oblique(angle: float) -> np.ndarray:
    """Index to mm of an anisotropic grid (1 x 2 x 5 mm) turned about an oblique axis, mirrored."""
    turn = np.array(
        [[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
    )
    tilt = np.array(
        [[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]]
    )
    affine = np.eye(4)
    affine[:3, :3] = turn @ tilt @ np.diag([-1.0, 2.0, 5.0])
    affine[:3, 3] = (-40.0, 17.0, 300.0)
    return affine


def square(affine: np.ndarray, z: float, low: float, high: float) -> SliceOutline:
    corners = [(low, low), (high, low), (high, high), (low, high)]
    return SliceOutline(
        tuple(affine[:3] @ (low, low, z, 1)),
        tuple(tuple(affine[:3] @ (x, y, z, 1)) for x, y in corners),
    )


def test_without_outlines_the_models_largest_slice_is_measured() -> None:
    affine = oblique(0.3)
    # 4 x 4 pixels of 1 x 2 mm: from middle to middle 3 and 6 mm, and a pixel (1.5 mm).
    assert float(measured(INSIDE, affine, [])["size"]) == pytest.approx(
        np.hypot(3, 6) + 1.5, abs=0.05
    )


@given(st.floats(-0.6, 0.6), st.integers(-2, 4))
def test_a_larger_outline_counts_wherever_its_slice_lies(angle: float, z: int) -> None:
    affine = oblique(angle)
    found = measured(INSIDE, affine, [square(affine, z, -3.4, 7.4)])
    # Pixels -3 to 7 in both directions.
    assert float(found["size"]) == pytest.approx(np.hypot(10, 20) + 1.5, abs=0.05)


def test_slices_can_be_emptied_one_by_one_but_not_all() -> None:
    affine = oblique(0.2)
    nothing = [SliceOutline(tuple(affine[:3] @ (9, 9, z, 1))) for z in range(3)]
    assert measured(INSIDE, affine, nothing[1:2])["size"] == "1.5"
    with pytest.raises(UnusableInput, match="Nothing of the lesion is left"):
        measured(INSIDE, affine, nothing)


@pytest.mark.parametrize(
    ("outline", "words"),
    [
        (lambda a: square(a, 1.4, 0, 4), ""),
        (
            lambda a: SliceOutline((0, 0, 0), ((0, 0, 0), (1, 0, 0))),
            "three corners or more, found 2",
        ),
        (lambda a: square(a, 1, -900, 4), "far from the lesion"),
        (lambda a: square(a, 900, 0, 4), "far from the lesion"),
        (
            lambda a: SliceOutline(
                tuple(a[:3] @ (0, 0, 1, 1)),
                tuple(tuple(a[:3] @ (x, 2, z, 1)) for x, z in ((0, 0), (4, 1), (4, 3))),
            ),
            "doesn't lie on one slice",
        ),
    ],
)
def test_outlines_lie_near_the_lesion_on_one_slice(outline, words: str) -> None:
    affine = oblique(0.0)
    if not words:
        assert measured(INSIDE, affine, [outline(affine)])
        return
    with pytest.raises(UnusableInput, match=words):
        measured(INSIDE, affine, [outline(affine)])


def test_a_measured_size_moves_the_category_and_a_typed_one_goes_before() -> None:
    found = describe(Features(8.0, aphe=True, washout=False, capsule=False, at_risk=True), {})

    def told(edits: dict[str, str]) -> tuple[object, str, object]:
        rows = {f.name: f for f in revise(found, edits, {"size": "25.0"}) if f.group != ""}
        acr = next(
            f.value for f in revise(found, edits, {"size": "25.0"}) if f.group.endswith("v2018")
        )
        return rows["size"].value, rows["size"].reason, acr

    assert told({}) == (25.0, MEASURED, "LR-4")
    assert told({"size": "12"}) == (12.0, EDITED, "LR-3")
