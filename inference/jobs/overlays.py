"""Heat maps and masks as grids on disk: small signed bytes, named by their content."""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.contracts import Heatmap, Mask
from webapp.core.home import home_path

STEPS = 127
MASK = "mask"
"""Method of an overlay that says which voxels belong to a lesion."""


@dataclass(frozen=True, eq=False)
class MaskOverlay:
    """A lesion's mask in the form of a heat map: 1 inside, 0 outside."""

    class_code: str
    phase: str | None
    series_key: str
    grid_zyx: NDArray[np.float32]
    affine: NDArray[np.float64]
    caption: str
    method: str = MASK
    signed: bool = False
    completeness_error: float | None = None


Overlay = Heatmap | MaskOverlay


def of_mask(mask: Mask) -> MaskOverlay:
    """Return the overlay that draws a lesion's mask."""
    return MaskOverlay(
        class_code=mask_name(mask.lesion),
        phase=mask.phase,
        series_key=mask.series_key,
        grid_zyx=mask.inside_zyx.astype(np.float32),
        affine=mask.affine,
        caption="",
    )


def mask_name(lesion: int) -> str:
    """Return what the mask of a lesion speaks for; lesions count from 0."""
    return f"lesion {lesion + 1}"


def read_mask(digest: str, shape_zyx: Sequence[int]) -> NDArray[np.bool_]:
    """Return a stored mask, (z, y, x) bool."""
    inside = np.frombuffer(location(digest).read_bytes(), np.int8).reshape(tuple(shape_zyx)) > 0
    return inside


def quantise(grid_zyx: NDArray[np.float32]) -> tuple[NDArray[np.int8], float]:
    """Turn a grid into signed bytes and the value that 127 stands for.

    Parameters
    ----------
    grid_zyx : ndarray
        (z, y, x) float32, finite.

    Returns
    -------
    bytes_zyx : ndarray
        (z, y, x) int8; value = byte / 127 * vmax, off by at most vmax / 254.
    vmax : float
        Largest absolute value; 0 for an empty map.
    """
    vmax = float(np.abs(grid_zyx).max(initial=0.0))
    if vmax == 0.0:
        return np.zeros(grid_zyx.shape, np.int8), 0.0
    return np.rint(grid_zyx / vmax * STEPS).astype(np.int8), vmax


def write(grid: NDArray[np.int8]) -> str:
    """Store a grid's bytes in C order under their SHA-256 and return it.

    Writing the same grid again changes nothing, so a repeated job leaves one file.
    """
    content = np.ascontiguousarray(grid).tobytes()
    digest = hashlib.sha256(content).hexdigest()
    path = location(digest)
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(path)
    return digest


def location(digest: str) -> Path:
    """Return where the grid with a SHA-256 lies."""
    return home_path("overlays", digest[:2], f"{digest}.int8")
