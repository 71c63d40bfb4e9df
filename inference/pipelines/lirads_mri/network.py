"""The system's networks by name."""

from torch import nn

from inference.errors import UnusableInput
from inference.layers.unetpp import UNetPlusPlus
from inference.layers.vgg import VGG16
from inference.lirads import CATEGORIES
from inference.pipelines.lirads_mri.configuration import (
    CHARACTERISER,
    CONFIGURATIONS,
    DIRECT,
    PLAIN,
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
        without the phase switch. ``direct``: arterial, portal venous and delayed crop as
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
    outputs = {CHARACTERISER: TASKS, PLAIN: TASKS, DIRECT: CATEGORIES}
    if part not in outputs:
        raise UnusableInput(
            "unknown_part",
            f"This system has no network {part!r}; choose {SEGMENTER}, {', '.join(outputs)}.",
        )
    return VGG16(len(outputs[part]), width=settings.vgg_width, batch_norm=settings.batch_norm)
