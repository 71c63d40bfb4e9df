"""Heat maps and flow map of the lesion a case's result rests on."""

from collections.abc import Callable, Sequence
from typing import Literal, cast

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage
from torch import Tensor

from inference.contracts import Heatmap
from inference.explanation.cam import Method, activation_maps, head_gradients
from inference.explanation.expected_gradients import expected_gradients
from inference.pipelines.ceus_dcb.configuration import DISEASES, Configuration
from inference.pipelines.ceus_dcb.flow import FULL_SCALE_PX
from inference.pipelines.ceus_dcb.network import Maps, TwoStream, VideoNetwork
from inference.pipelines.ceus_dcb.networks import Networks
from inference.pipelines.ceus_dcb.predict import LesionEvidence
from inference.pipelines.ceus_dcb.preprocess import Region, Video

Floats = NDArray[np.float32]
Kind = Literal["cam", "gradcam", "gradcam++", "shap", "flow"]

SHAP_SAMPLES = 30
SHAP_BATCH = 5
CELLS = 24
"""Cells of a heat map along each side."""
MOST_LAYERS = 128
"""Layers of a heat map; a longer cine shares each among several frames."""
CAPTIONS = {
    "cam": "What each region of each frame adds to the score of {name}, to first order: the way "
    "from frames to score isn't linear, so there is no exact map. Warm is more.",
    "gradcam": "Grad-CAM: regions that raise the score of {name}; warm is more.",
    "gradcam++": "Grad-CAM++: regions that raise the score of {name}; warm is more.",
    "shap": "SHAP: red raises the score of {name} against reference videos, blue lowers it. A "
    "flow map counts at the frame it starts from.",
    "flow": "Optical flow: how far the brightness pattern moves to the next key frame, in pixels "
    "of the video, breathing removed.",
}
NEAREST = " Each frame shows the nearest of the {count} frames that the networks saw."


def explain_lesion(
    lesion: LesionEvidence,
    methods: Sequence[str],
    networks: Networks,
    settings: Configuration,
    done: Callable[[int], None],
) -> tuple[Heatmap, ...]:
    """Make the heat maps of the five sub-models of Module-Disease, and the flow map."""
    if not methods:
        return ()
    video = lesion.video.tensor().to(networks.device)
    network = networks.exact
    found = [_flow_map(lesion)]
    for method in methods:
        if method == "shap":
            values, errors = _attributions(network, video, networks.backgrounds, settings, done)
            step = 1.0
        else:
            values = activations(cast(Method, method), network, video)
            errors = [None] * len(DISEASES)
            step = float(network_stride(network))
            done(1)
        for name, maps, error in zip(DISEASES, values, errors, strict=True):
            grid, affine = on_clip(lesion.region, lesion.video, maps, step)
            found.append(_heatmap(cast(Kind, method), name, lesion, grid, affine, error))
    return tuple(found)


def work_units(methods: Sequence[str]) -> int:
    """Return how many videos `explain_lesion` sends through the network."""
    return sum(SHAP_SAMPLES if method == "shap" else 1 for method in methods)


def network_stride(network: VideoNetwork) -> int:
    """Return the pixels per cell of the spatial stream's last map."""
    model = network.models[0]
    assert isinstance(model, TwoStream)
    return model.spatial.trunk.stride


def on_clip(
    region: Region, video: Video, maps: Floats, step: float
) -> tuple[Floats, NDArray[np.float64]]:
    """Lay maps of the frames used on the cine, following the lesion.

    Parameters
    ----------
    maps
        (used frames, h, w); value (i, j) lies `step` * (i, j) pixels into the region as the
        networks see it.

    Returns
    -------
    grid, affine
        (layers, CELLS, CELLS) float32, and where it lies: (x, y, z, 1) to (column, row, frame).
    """
    x0, y0, x1, _ = region.square
    n_frames = len(region.shifts_px)
    side = video.images.shape[-1]
    pixel = (x1 - x0) / side
    low, high = region.shifts_px.min(axis=0), region.shifts_px.max(axis=0)
    corner = np.array([x0, y0]) - 0.5 + low
    cell = (x1 - x0 + high - low) / CELLS
    layers = min(n_frames, MOST_LAYERS)
    thick = n_frames / layers
    affine = np.diag([*cell, thick, 1.0])
    affine[:3, 3] = *(corner + cell / 2), (thick - 1) / 2
    rows, columns = (corner[k] + (np.arange(CELLS) + 0.5) * cell[k] for k in (1, 0))
    grid = np.zeros((layers, CELLS, CELLS), np.float32)
    for layer in range(layers):
        frame = round(layer * thick + (thick - 1) / 2)
        dx, dy = region.shifts_px[frame]
        nearest = int(np.abs(video.frames - frame).argmin())
        places = [(rows - dy - y0 + 0.5) / pixel - 0.5, (columns - dx - x0 + 0.5) / pixel - 0.5]
        inside = [(place > -0.5) & (place < side - 0.5) for place in places]
        at = np.meshgrid(*(place / step for place in places), indexing="ij")
        value = ndimage.map_coordinates(maps[nearest], at, order=1, mode="nearest")
        grid[layer] = value * np.outer(*inside)
    return grid, affine


def activations(method: Method, network: VideoNetwork, video: Tensor) -> Floats:
    """Class activation maps of the spatial streams, (diseases, frames, h, w)."""
    found = []
    for model in network.models:
        assert isinstance(model, TwoStream)
        with torch.inference_mode():
            maps = model.maps(video[None])
        spatial, temporal = maps.spatial[0].clone(), maps.temporal.clone()

        def head(features: Tensor, model: TwoStream = model, temporal: Tensor = temporal) -> Tensor:
            return model.heads(Maps(features[None], temporal)).final

        _, gradients = head_gradients(head, spatial, shared=True)
        found.append(activation_maps(spatial, gradients, method).transpose(0, 1))
    return torch.cat(found).cpu().numpy()


def _attributions(
    network: VideoNetwork,
    video: Tensor,
    backgrounds: Tensor,
    settings: Configuration,
    done: Callable[[int], None],
) -> tuple[Floats, list[float | None]]:
    """SHAP values of the frames used, (diseases, frames, h, w), and completeness errors."""
    attribution = expected_gradients(
        network, video, backgrounds, samples=SHAP_SAMPLES, batch=SHAP_BATCH, done=done
    )
    values = attribution.values.sum(dim=2).cpu().numpy()
    images, flows = values[:, : -settings.n_flows], values[:, -settings.n_flows :]
    starts = np.rint(np.linspace(0, images.shape[1] - 1, settings.n_flows + 1)).astype(int)[:-1]
    for number, start in enumerate(starts):
        images[:, start] += flows[:, number]
    return images, list(attribution.completeness_error.tolist())


def _flow_map(lesion: LesionEvidence) -> Heatmap:
    """Length of the optical flow from each frame used to the next key frame."""
    video, region = lesion.video, lesion.region
    n_flows = len(video.flows)
    x0, _, x1, _ = region.square
    pixel = (x1 - x0) / video.images.shape[-1]
    place = np.arange(len(video.frames)) * n_flows / (len(video.frames) - 1)
    chosen = np.minimum(place.astype(int), n_flows - 1)
    lengths = video.flows[chosen, 2] * np.float32(FULL_SCALE_PX * pixel)
    grid, affine = on_clip(region, video, lengths, 1.0)
    return _heatmap("flow", "flow", lesion, grid, affine, None)


def _heatmap(
    method: Kind,
    class_code: str,
    lesion: LesionEvidence,
    grid: Floats,
    affine: NDArray[np.float64],
    error: float | None,
) -> Heatmap:
    caption = CAPTIONS[method].format(name=class_code)
    return Heatmap(
        method=method,
        class_code=class_code,
        phase=None,
        series_key=lesion.region.clip.series_key,
        grid_zyx=np.ascontiguousarray(grid, np.float32),
        affine=affine,
        signed=method == "shap",
        completeness_error=error,
        caption=caption + NEAREST.format(count=len(lesion.video.frames)),
    )
