"""Heat maps as pictures: the image and one panel per class, as in figure 5 of the LiLNet paper.

Red speaks for a class, blue against it, on one symmetric scale for all classes of a picture.
"""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy import ndimage

from inference.contracts import Clip, Exam, Heatmap, RunOutput, RunRecord, Volume
from inference.preprocessing import window_hu

Floats = NDArray[np.float32]

NOTE = "Research use only - not for diagnosis"
COLUMNS = 5
SIDE_PX = 240
STRONGEST = 0.75
"""Opacity of the strongest value; weak values let the image through."""


def write_panels(
    output: RunOutput,
    exam: Exam,
    folder: Path,
    *,
    window: tuple[float, float] = (60.0, 400.0),
) -> tuple[Path, ...]:
    """Write one PNG per method, volume or clip, and region, with a panel for each class.

    Parameters
    ----------
    output
        A run with heat maps. The label of its weights is printed on every picture.
    exam
        What it ran on.
    folder
        Made if needed.
    window
        Centre and width in HU in which calibrated images are shown.

    Returns
    -------
    tuple of Path
        Files written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    volumes = {volume.series_key: volume for volume in exam.volumes}
    volumes |= {clip.series_key: _as_volume(clip) for clip in exam.clips}
    written = []

    def key(heatmap: Heatmap) -> tuple[str, str, bytes]:
        return heatmap.method, heatmap.series_key, heatmap.affine.tobytes()

    drawable = [heatmap for heatmap in output.heatmaps if heatmap.series_key in volumes]
    for number, (_, members) in enumerate(groupby(drawable, key), start=1):
        maps = list(members)
        first = maps[0]
        path = folder / f"{number:02d}-{first.method}-{first.phase or 'unknown'}.png"
        footer = _footer(output.record)
        _draw(maps, volumes[first.series_key], window, footer).savefig(path, dpi=100)
        written.append(path)
    return tuple(written)


def sampled_image(volume: Volume, heatmap: Heatmap, z: int, window: tuple[float, float]) -> Floats:
    """Return the image under one slice of a heat map as grey levels in [0, 1], (side, side).

    The picture covers the map's cells from edge to edge.
    """
    points = np.append(_grid_points(heatmap, z), np.ones((SIDE_PX, SIDE_PX, 1)), axis=2)
    places = points @ heatmap.affine.T
    index = places[..., :3]
    if volume.geometry is not None:
        index = volume.geometry.index_from_world(index)
    places_zyx = index[..., ::-1].transpose(2, 0, 1)
    pixels: Floats = ndimage.map_coordinates(
        volume.array_zyx, places_zyx, order=1, mode="nearest", output=np.float32
    )
    if volume.calibrated:
        return window_hu(pixels, *window)
    grey: Floats = np.clip(pixels / np.float32(255), 0, 1)
    return grey


def _as_volume(clip: Clip) -> Volume:
    """Return a clip's frames as slices of grey levels, decoded when first drawn."""
    frames, rows, columns, _ = clip.shape_tyxc
    return Volume(
        lambda: clip.frames_tyxc.mean(axis=3, dtype=np.float32),
        geometry=None,
        phase=None,
        calibrated=False,
        series_key=clip.series_key,
        shape_zyx=(frames, rows, columns),
    )


def _footer(record: RunRecord) -> str:
    weights = record.weights_sha256[:8]
    return f"{record.system} {record.version}, {record.label}, weights {weights}. {NOTE}"


def _grid_points(heatmap: Heatmap, z: int) -> NDArray[np.float64]:
    """Grid indices (side, side, 3) as x, y, z of the picture's pixels."""
    rows, columns = heatmap.grid_zyx.shape[1:]
    share = (np.arange(SIDE_PX) + 0.5) / SIDE_PX
    x, y = np.meshgrid(share * columns - 0.5, share * rows - 0.5)
    return np.stack((x, y, np.full_like(x, z)), axis=-1)


def _draw(
    maps: Sequence[Heatmap], volume: Volume, window: tuple[float, float], note: str
) -> Figure:
    strength = np.sum([np.abs(heatmap.grid_zyx).sum(axis=(1, 2)) for heatmap in maps], axis=0)
    z = int(strength.argmax())
    limit = max(float(np.abs(heatmap.grid_zyx[z]).max()) for heatmap in maps) or 1.0
    image = sampled_image(volume, maps[0], z, window)
    columns = min(COLUMNS, len(maps) + 1)
    rows = -(-(len(maps) + 1) // columns)
    figure = Figure(figsize=(2.4 * columns, 2.6 * rows + 1.1), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).flatten()
    for axis in axes:
        axis.set_axis_off()
    axes[0].imshow(image, cmap="gray", vmin=0, vmax=1)
    axes[0].set_title("image", fontsize=9)
    for axis, heatmap in zip(axes[1:], maps, strict=False):
        _panel(axis, image, heatmap, z, limit)
    scale = Normalize(-limit if maps[0].signed else 0, limit)
    colours = "RdBu_r" if maps[0].signed else "inferno"
    bar = figure.colorbar(
        ScalarMappable(scale, colours), ax=list(axes), location="bottom", aspect=60, shrink=0.6
    )
    bar.set_label("logit per pixel" if maps[0].signed else "logit per cell", fontsize=8)
    phase = (maps[0].phase or "no contrast phase").replace("_", " ")
    figure.suptitle(f"{maps[0].method}, {phase}", fontsize=11)
    figure.supxlabel(note, fontsize=8)
    return figure


def _panel(axis: Axes, image: Floats, heatmap: Heatmap, z: int, limit: float) -> None:
    points = _grid_points(heatmap, z)
    values = ndimage.map_coordinates(
        heatmap.grid_zyx[z], (points[..., 1], points[..., 0]), order=1, mode="nearest"
    )
    axis.imshow(image, cmap="gray", vmin=0, vmax=1)
    axis.imshow(
        values,
        cmap="RdBu_r" if heatmap.signed else "inferno",
        vmin=-limit if heatmap.signed else 0,
        vmax=limit,
        alpha=np.clip(np.abs(values) / limit, 0, 1) * STRONGEST,
    )
    title = heatmap.class_code
    if heatmap.completeness_error is not None:
        title += f" (completeness error {heatmap.completeness_error:.0%})"
    axis.set_title(title, fontsize=7 if heatmap.signed else 9)
