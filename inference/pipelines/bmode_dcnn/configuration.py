"""DCNN-US's factors and the sizes it comes in. No torch."""

from dataclasses import dataclass

from inference.registry.systems import BMODE_DCNN

CLASSES = BMODE_DCNN.class_codes
BACKGROUNDS = ("normal", "steatosis", "fibrosis")
"""Types of liver background that supervise the background branch (paper, section 2.5)."""

FACTORS = tuple(variable.name for variable in BMODE_DCNN.clinical_variables)
"""The six clinical-ultrasonic factors of Model-LBC, in order (paper, section 3.2)."""

IMAGES = 4
"""Images of each lesion whose outcomes the paper averages."""

MODELS = ("L", "LB", "LBC")
"""Lesion; lesion and background; both and the clinical-ultrasonic factors."""


@dataclass(frozen=True)
class Configuration:
    """One size of DCNN-US and what its input looks like.

    Parameters
    ----------
    depth, width, pool_stem
        See `inference.layers.resnet.ResNetTrunk`.
    side_px
        Side of the square that an outlined region is resized to.
    dropout
        Share of features dropped while training; the paper gives none.
    batch
        Images per forward pass, halved when memory runs out.
    """

    name: str
    depth: int
    width: int
    pool_stem: bool
    side_px: int
    dropout: float = 0.5
    batch: int = 16


PAPER = Configuration(name="paper", depth=18, width=64, pool_stem=True, side_px=224)
DEMO = Configuration(
    name="demo", depth=18, width=16, pool_stem=False, side_px=65, dropout=0.3, batch=32
)
CONFIGURATIONS = {configuration.name: configuration for configuration in (PAPER, DEMO)}
