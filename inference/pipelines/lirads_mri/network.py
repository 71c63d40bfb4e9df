"""The system's networks by name."""

from torch import nn

from inference.errors import UnusableInput
from inference.layers.resnet import ResNet
from inference.layers.unetpp import UNetPlusPlus
from inference.layers.vgg import VGG16
from inference.lirads import CATEGORIES
from inference.pipelines.lirads_mri.configuration import (
    ABLATIONS,
    CHARACTERISER,
    CONFIGURATIONS,
    DIRECT,
    PLAIN,
    RESNET,
    RESNET_PLAIN,
    SEGMENTER,
    TASKS,
)


def build(part: str, configuration: str) -> nn.Module:
    """Return an untrained network.

    Parameters
    ----------
    part
        ``segmenter``: three neighbouring slices (n, 3, side, side), standardised, to one logit
        per pixel of the middle one (n, side, side). ``characteriser``: a crop of one phase
        (n, 3, side, side), three equal channels, standardised, to logits of APHE, washout and
        capsule (n, 3), of which only those of its phase mean something. ``plain``: the same
        without the phase switch. ``resnet``, ``resnet_plain``: a ResNet18 in their place, as
        finely resolved. ``direct``: arterial, portal venous and delayed crop as
        channels to logits of the categories (n, 3).
    configuration
        ``paper`` or ``demo``.

    Raises
    ------
    UnusableInput
        ``unknown_part``.
    """
    settings = CONFIGURATIONS[configuration]
    if part == SEGMENTER:
        return UNetPlusPlus(settings.encoder_depth, settings.encoder_width)
    if part in (RESNET, RESNET_PLAIN):
        return ResNet(18, n_classes=len(TASKS), width=settings.vgg_width, pool_stem=False)
    outputs = {CHARACTERISER: TASKS, PLAIN: TASKS, DIRECT: CATEGORIES}
    if part not in outputs:
        known = ", ".join((SEGMENTER, CHARACTERISER, *ABLATIONS))
        raise UnusableInput(
            "unknown_part",
            f"This system has no network {part!r}; choose {known}.",
        )
    return VGG16(len(outputs[part]), width=settings.vgg_width, batch_norm=settings.batch_norm)
