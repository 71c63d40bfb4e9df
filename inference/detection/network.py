"""The detector: backbone, two-way feature pyramid, decoupled anchor-free head.

Our own code from the published description of YOLOv8 (docs.ultralytics.com). Box edges are
distributions over distances (generalised focal loss, Li et al. 2020, arXiv:2006.04388).
"""

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.detection.blocks import SPPF, C2f, ConvUnit
from inference.detection.size import DetectorSize
from inference.errors import BadCheckpoint

STRIDES = (8, 16, 32)

PUBLISHED_NAMES = {
    "model.0.": "stem.",
    "model.1.": "down1.",
    "model.2.": "stage1.",
    "model.3.": "down2.",
    "model.4.": "stage2.",
    "model.5.": "down3.",
    "model.6.": "stage3.",
    "model.7.": "down4.",
    "model.8.": "stage4.",
    "model.9.": "pool.",
    "model.12.": "up3.",
    "model.15.": "up2.",
    "model.16.": "again2.",
    "model.18.": "again3.",
    "model.19.": "again4.",
    "model.21.": "out4.",
    "model.22.cv2.": "head.edges.",
    "model.22.cv3.": "head.scores.",
}
"""Prefixes of a plain YOLOv8 detection state dict and ours; what follows a prefix is the same.

``model.22.dfl.conv.weight`` holds the constants 0 .. reg_max - 1, which ours doesn't store.
"""
CONSTANT = "model.22.dfl.conv.weight"


class Detector(nn.Module):
    """One-stage detector of lesions on slices.

    Parameters
    ----------
    size
        Depth, width, input side and bins.
    n_classes
        Kinds of object; 1, "lesion", in LiLNet.
    """

    def __init__(self, size: DetectorSize, *, n_classes: int = 1) -> None:
        super().__init__()
        self.size = size
        c1, c2, c3, c4, c5 = (size.channels(base) for base in (64, 128, 256, 512, 1024))
        few, many = size.repeats(3), size.repeats(6)
        self.stem = ConvUnit(3, c1, 3, 2)
        self.down1 = ConvUnit(c1, c2, 3, 2)
        self.stage1 = C2f(c2, c2, few, shortcut=True)
        self.down2 = ConvUnit(c2, c3, 3, 2)
        self.stage2 = C2f(c3, c3, many, shortcut=True)
        self.down3 = ConvUnit(c3, c4, 3, 2)
        self.stage3 = C2f(c4, c4, many, shortcut=True)
        self.down4 = ConvUnit(c4, c5, 3, 2)
        self.stage4 = C2f(c5, c5, few, shortcut=True)
        self.pool = SPPF(c5)
        self.up3 = C2f(c5 + c4, c4, few, shortcut=False)
        self.up2 = C2f(c4 + c3, c3, few, shortcut=False)
        self.again2 = ConvUnit(c3, c3, 3, 2)
        self.again3 = C2f(c3 + c4, c4, few, shortcut=False)
        self.again4 = ConvUnit(c4, c4, 3, 2)
        self.out4 = C2f(c4 + c5, c5, few, shortcut=False)
        self.head = _Head((c3, c4, c5), n_classes, size.reg_max)

    def forward(self, images: Tensor) -> Tensor:
        """Return raw predictions of images (n, 3, h, w) in [0, 1]; h and w multiples of 32.

        Returns
        -------
        Tensor
            (n, cells, 4 * reg_max + n_classes) float32: logits of the distances to the left, top,
            right and bottom edge, then class logits. Cells run over strides 8, 16, 32, row-major.
        """
        x = images.to(self.stem.conv.weight.dtype)
        f2 = self.stage2(self.down2(self.stage1(self.down1(self.stem(x)))))
        f3 = self.stage3(self.down3(f2))
        f4 = self.pool(self.stage4(self.down4(f3)))
        p3 = self.up3(torch.cat((_doubled(f4), f3), dim=1))
        p2 = self.up2(torch.cat((_doubled(p3), f2), dim=1))
        p3 = self.again3(torch.cat((self.again2(p2), p3), dim=1))
        p4 = self.out4(torch.cat((self.again4(p3), f4), dim=1))
        predictions: Tensor = self.head((p2, p3, p4))
        return predictions.float()

    def translate_published(self, state: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Rename the keys of a plain YOLOv8 state dict; other state dicts come back as they are.

        Raises
        ------
        BadCheckpoint
            If a published state dict has another number of distance bins.
        """
        if not all(key.startswith("model.") for key in state):
            return dict(state)
        constant = state.get(CONSTANT)
        if constant is not None and constant.numel() != self.size.reg_max:
            raise BadCheckpoint(
                f"The detector's checkpoint has {constant.numel()} distance bins, expected "
                f"{self.size.reg_max}."
            )
        return {_our_name(key): value for key, value in state.items() if key != CONSTANT}


class _Head(nn.Module):
    def __init__(self, channels: tuple[int, ...], n_classes: int, reg_max: int) -> None:
        super().__init__()
        edge_width = max(16, channels[0] // 4, reg_max * 4)
        score_width = max(channels[0], min(n_classes, 100))
        self.edges = nn.ModuleList(_branch(c, edge_width, 4 * reg_max) for c in channels)
        self.scores = nn.ModuleList(_branch(c, score_width, n_classes) for c in channels)
        for edge, score, stride in zip(self.edges, self.scores, STRIDES, strict=True):
            # Start from long boxes and from about five objects in a 640 px image, as published.
            nn.init.constant_(edge.get_parameter("2.bias"), 1.0)
            prior = math.log(5 / n_classes / (640 / stride) ** 2)
            nn.init.constant_(score.get_parameter("2.bias"), prior)

    def forward(self, levels: tuple[Tensor, ...]) -> Tensor:
        rows = [
            torch.cat((edge(level), score(level)), dim=1).flatten(2)
            for level, edge, score in zip(levels, self.edges, self.scores, strict=True)
        ]
        return torch.cat(rows, dim=2).transpose(1, 2)


def _branch(channels: int, hidden: int, channels_out: int) -> nn.Sequential:
    return nn.Sequential(
        ConvUnit(channels, hidden, 3),
        ConvUnit(hidden, hidden, 3),
        nn.Conv2d(hidden, channels_out, 1),
    )


def _doubled(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="nearest")


def _our_name(key: str) -> str:
    for published, own in PUBLISHED_NAMES.items():
        if key.startswith(published):
            return own + key.removeprefix(published)
    return key
