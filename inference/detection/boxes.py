"""From raw predictions to boxes: anchors, decoding, overlap, non-maximum suppression.

Boxes are (x0, y0, x1, y1) in pixels of the detector's input.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from inference.detection.network import STRIDES

NMS_IOU = 0.5


class Cells(NamedTuple):
    """Centres (cells, 2) as x, y in pixels and strides (cells, 1) of all prediction cells."""

    centres: Tensor
    strides: Tensor


def cells(height: int, width: int, device: torch.device | None = None) -> Cells:
    """Return the cells of an input of `height` x `width`, in the order of the predictions."""
    centres, strides = [], []
    for stride in STRIDES:
        y = (torch.arange(height // stride, device=device) + 0.5) * stride
        x = (torch.arange(width // stride, device=device) + 0.5) * stride
        grid_y, grid_x = torch.meshgrid(y, x, indexing="ij")
        centres.append(torch.stack((grid_x, grid_y), dim=-1).reshape(-1, 2))
        strides.append(torch.full((len(y) * len(x), 1), float(stride), device=device))
    return Cells(torch.cat(centres), torch.cat(strides))


def decode(edge_logits: Tensor, grid: Cells) -> Tensor:
    """Turn distance distributions into boxes.

    Parameters
    ----------
    edge_logits
        (..., cells, 4 * reg_max).
    grid
        From `cells`.

    Returns
    -------
    Tensor
        (..., cells, 4): the expected distances, in strides, taken from each cell's centre.
    """
    logits = edge_logits.reshape(*edge_logits.shape[:-1], 4, edge_logits.shape[-1] // 4)
    bins = torch.arange(logits.shape[-1], device=logits.device, dtype=logits.dtype)
    distances = (logits.softmax(dim=-1) @ bins) * grid.strides
    return torch.cat((grid.centres - distances[..., :2], grid.centres + distances[..., 2:]), dim=-1)


def areas(boxes: Tensor) -> Tensor:
    """Return the areas (...) of boxes (..., 4) in square pixels; inverted boxes count 0."""
    return (boxes[..., 2:] - boxes[..., :2]).clamp(min=0).prod(dim=-1)


def iou(first: Tensor, second: Tensor) -> Tensor:
    """Return intersection over union (...) of boxes (..., 4), broadcast against each other."""
    low = torch.maximum(first[..., :2], second[..., :2])
    high = torch.minimum(first[..., 2:], second[..., 2:])
    overlap = (high - low).clamp(min=0).prod(dim=-1)
    return overlap / (areas(first) + areas(second) - overlap + 1e-7)


def suppress(boxes: Tensor, scores: Tensor, limit: float = NMS_IOU) -> Tensor:
    """Return the indices of boxes that no better box overlaps by more than `limit`, best first.

    Parameters
    ----------
    boxes
        (n, 4).
    scores
        (n,); equal scores keep their order.
    """
    order = torch.argsort(scores, descending=True, stable=True)
    overlaps = iou(boxes[order, None], boxes[None, order]) > limit
    keep: list[int] = []
    for rank in range(len(order)):
        if not overlaps[rank, keep].any():
            keep.append(rank)
    return order[keep]


def detections(
    predictions: Tensor, image_px: int, confidence: float
) -> list[tuple[Tensor, Tensor]]:
    """Return boxes (k, 4) and confidences (k,) of each image, best first.

    Parameters
    ----------
    predictions
        (n, cells, 4 * reg_max + 1), from a `Detector` of one class.
    image_px
        Side of its square input.
    confidence
        Boxes below are dropped (LiLNet: 0.25).
    """
    grid = cells(image_px, image_px, predictions.device)
    scores = predictions[..., -1].sigmoid()
    found = []
    for rows, row_scores in zip(predictions, scores, strict=True):
        above = row_scores >= confidence
        boxes = decode(rows[above, :-1], Cells(grid.centres[above], grid.strides[above]))
        boxes = boxes.clamp(0, image_px)
        keep = suppress(boxes, row_scores[above])
        found.append((boxes[keep], row_scores[above][keep]))
    return found
