"""Heat map grids as small signed bytes."""

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from inference.jobs import overlays

GRIDS = arrays(np.float32, (2, 3, 4), elements=st.floats(-1e3, 1e3, width=32))


@given(GRIDS)
@settings(max_examples=50, deadline=None)
def test_quantising_is_off_by_half_a_step_at_most(grid: np.ndarray) -> None:
    steps, vmax = overlays.quantise(grid)
    assert steps.dtype == np.int8
    assert vmax == float(np.abs(grid).max())
    restored = steps / 127 * vmax
    np.testing.assert_allclose(restored, grid, atol=vmax / 254 * 1.001 + 1e-30)


def test_empty_map_stays_empty() -> None:
    steps, vmax = overlays.quantise(np.zeros((1, 2, 2), np.float32))
    assert vmax == 0.0
    assert not steps.any()


def test_file_is_named_by_content_and_written_once(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    settings.READING_ROOM_HOME = tmp_path  # type: ignore[attr-defined]
    grid = np.arange(8, dtype=np.int8).reshape(2, 2, 2)
    digest = overlays.write(grid)
    path = overlays.location(digest)
    assert digest == hashlib.sha256(bytes(range(8))).hexdigest()
    assert path.read_bytes() == bytes(range(8))
    before = path.stat().st_mtime_ns
    # A transposed view has the same elements in another order: another file.
    assert overlays.write(grid.T) != digest
    assert overlays.write(grid) == digest
    assert path.stat().st_mtime_ns == before
    assert {entry.name for entry in path.parent.iterdir()} == {path.name}
