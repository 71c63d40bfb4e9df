"""Training loss of the detector, for one class of object.

Task-aligned assignment (Feng et al. 2021, TOOD, doi:10.1109/ICCV48922.2021.00349, equations 1-3),
complete IoU (Zheng et al. 2020, doi:10.1609/aaai.v34i07.6999) and distribution focal loss (Li et
al. 2020, arXiv:2006.04388, equation 6), weighted as in YOLOv8.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from inference.detection.boxes import Cells, cells, decode, iou

BOX_WEIGHT, SCORE_WEIGHT, EDGE_WEIGHT = 7.5, 0.5, 1.5
CANDIDATES = 10
SCORE_POWER, IOU_POWER = 0.5, 6.0


class Assignment(NamedTuple):
    """Which cells answer for an object: score wanted (n, cells), box wanted (n, cells, 4)."""

    scores: Tensor
    boxes: Tensor


def detector_loss(predictions: Tensor, truth: Tensor, image_px: int) -> Tensor:
    """Return the mean loss of a batch.

    Parameters
    ----------
    predictions
        (n, cells, 4 * reg_max + 1) from the detector.
    truth
        (n, objects, 4) boxes in pixels; rows of zeros where an image has fewer.
    image_px
        Side of the square input.
    """
    grid = cells(image_px, image_px, predictions.device)
    edge_logits, score_logits = predictions[..., :-1], predictions[..., -1]
    boxes = decode(edge_logits, grid)
    wanted = assign(score_logits.sigmoid().detach(), boxes.detach(), truth, grid)
    total = wanted.scores.sum().clamp(min=1.0)
    score_loss = functional.binary_cross_entropy_with_logits(
        score_logits, wanted.scores, reduction="sum"
    )
    used = wanted.scores > 0
    weight = wanted.scores[used]
    box_loss = ((1 - complete_iou(boxes[used], wanted.boxes[used])) * weight).sum()
    strides = grid.strides.expand(len(predictions), -1, -1)[used]
    centres = grid.centres.expand(len(predictions), -1, -1)[used]
    edge_loss = (
        _edge_loss(edge_logits[used], wanted.boxes[used], Cells(centres, strides)) * weight
    ).sum()
    return (BOX_WEIGHT * box_loss + SCORE_WEIGHT * score_loss + EDGE_WEIGHT * edge_loss) / total


@torch.no_grad()
def assign(scores: Tensor, boxes: Tensor, truth: Tensor, grid: Cells) -> Assignment:
    """Choose for each object the cells whose score and box already fit best.

    A cell is a candidate when its centre lies in the object's box; objects smaller than a stride
    are widened to it, so that none stays without candidates.

    Parameters
    ----------
    scores, boxes
        Predicted, (n, cells) in [0, 1] and (n, cells, 4).
    truth
        (n, objects, 4), zeros where absent.
    """
    real = (truth[..., 2] > truth[..., 0])[..., None]
    overlap = iou(truth[:, :, None], boxes[:, None]).clamp(min=0)
    candidates = _inside(truth, grid) & real
    fit = scores[:, None] ** SCORE_POWER * overlap**IOU_POWER * candidates
    best = torch.topk(fit, min(CANDIDATES, fit.shape[2]), dim=2).indices
    chosen = torch.zeros_like(candidates).scatter_(2, best, True) & candidates
    # A cell that two objects want goes to the one its box overlaps more.
    owner = torch.where(chosen, overlap, -1.0).argmax(dim=1)
    chosen &= torch.zeros_like(chosen).scatter_(1, owner[:, None], True)
    fit, overlap = fit * chosen, overlap * chosen
    scale = overlap.amax(dim=2, keepdim=True) / (fit.amax(dim=2, keepdim=True) + 1e-9)
    wanted = (fit * scale).amax(dim=1)
    return Assignment(wanted, truth.gather(1, owner[..., None].expand(-1, -1, 4)))


def complete_iou(boxes: Tensor, truth: Tensor) -> Tensor:
    """Return IoU less the penalties for distance of centres and for aspect ratio, (k,)."""
    overlap = iou(boxes, truth)
    low = torch.minimum(boxes[:, :2], truth[:, :2])
    high = torch.maximum(boxes[:, 2:], truth[:, 2:])
    diagonal = (high - low).square().sum(dim=1) + 1e-7
    offset = (boxes[:, :2] + boxes[:, 2:] - truth[:, :2] - truth[:, 2:]).square().sum(dim=1) / 4
    size, true_size = boxes[:, 2:] - boxes[:, :2], truth[:, 2:] - truth[:, :2]
    angle = torch.atan(size[:, 0] / (size[:, 1] + 1e-7))
    true_angle = torch.atan(true_size[:, 0] / (true_size[:, 1] + 1e-7))
    aspect = 4 / math.pi**2 * (angle - true_angle).square()
    with torch.no_grad():
        trade_off = aspect / (1 - overlap + aspect + 1e-7)
    return overlap - offset / diagonal - trade_off * aspect


def _inside(truth: Tensor, grid: Cells) -> Tensor:
    centre = (truth[..., :2] + truth[..., 2:])[:, :, None] / 2
    half = (truth[..., 2:] - truth[..., :2])[:, :, None] / 2
    reach = torch.maximum(half, grid.strides / 2)
    inside: Tensor = ((grid.centres - centre).abs() <= reach).all(dim=-1)
    return inside


def _edge_loss(edge_logits: Tensor, boxes: Tensor, grid: Cells) -> Tensor:
    """Cross entropy (k,) of each edge's distribution with the two bins around its distance."""
    logits = edge_logits.reshape(len(edge_logits), 4, edge_logits.shape[-1] // 4)
    last = logits.shape[-1] - 1
    distances = torch.cat((grid.centres - boxes[:, :2], boxes[:, 2:] - grid.centres), dim=1)
    distances = (distances / grid.strides).clamp(0, last - 0.01)
    lower = distances.floor()
    share = distances - lower
    log_p = logits.log_softmax(dim=-1)
    below = log_p.gather(-1, lower.long()[..., None])[..., 0]
    above = log_p.gather(-1, lower.long()[..., None] + 1)[..., 0]
    return -((1 - share) * below + share * above).mean(dim=-1)
