"""Slices of a volume through the detector, boxes back in voxels."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from inference.detection.boxes import detections
from inference.layers.batching import in_batches
from inference.preprocessing import resize

Floats = NDArray[np.float32]


class SliceBox(NamedTuple):
    """A box on one slice: its index, edges in voxels (pixel i spans i - 0.5 to i + 0.5)."""

    z: int
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: float


def square_input(images: Floats, side_px: int) -> Floats:
    """Pad grey slices (n, h, w) with black to squares at the right or below, resize to side_px."""
    height, width = images.shape[1:]
    longest = max(height, width)
    padded = np.pad(images, ((0, 0), (0, longest - height), (0, longest - width)))
    return resize(padded, (side_px, side_px))


def detect_slices(
    network: nn.Module,
    grey: Callable[[int, int], Floats],
    shape_zyx: tuple[int, ...],
    *,
    image_px: int,
    confidence: float,
    batch: int,
    done: Callable[[int], None] = lambda _: None,
) -> list[SliceBox]:
    """Find boxes on every slice of a volume.

    Parameters
    ----------
    network
        A `Detector` on any device, prepared for inference.
    grey
        Takes a first and a last slice and returns them as (n, y, x) grey levels in [0, 1]; only
        one batch of slices is asked for at a time.
    shape_zyx
        Of the volume.
    image_px
        Side of the detector's input.
    confidence
        Boxes below are dropped.
    batch
        Slices per forward pass, halved when memory runs out.
    done
        Called with the number of slices finished.
    """
    device = next(network.parameters()).device
    scale = max(shape_zyx[1:]) / image_px

    def predict(index: Tensor) -> Tensor:
        images = square_input(grey(int(index[0]), int(index[-1]) + 1), image_px)
        batch_input = torch.from_numpy(images)[:, None].expand(-1, 3, -1, -1)
        predictions: Tensor = network(batch_input.to(device))
        return predictions.cpu()

    found: list[SliceBox] = []
    with torch.inference_mode():
        for start in range(0, shape_zyx[0], batch):
            index = torch.arange(start, min(start + batch, shape_zyx[0]))
            predictions = in_batches(predict, index, batch, done=done)
            for z, (boxes, scores) in zip(
                index.tolist(), detections(predictions, image_px, confidence), strict=True
            ):
                edges = (boxes * scale - 0.5).tolist()
                for (x0, y0, x1, y1), score in zip(edges, scores.tolist(), strict=True):
                    found.append(SliceBox(z, x0, y0, x1, y1, score))
    return found
