"""Model-LBC: logistic regression of Model-LB's outcome and six clinical-ultrasonic factors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.pipelines.bmode_dcnn.configuration import FACTORS, MODELS
from inference.preprocessing.clinical import ClinicalReading
from inference.training.logistic import Logistic

Floats = NDArray[np.float64]

SCORE = "image_score"
VARIABLES = (SCORE, *FACTORS)
"""Columns of the regression: Model-LB's outcome in [0, 1], then the factors."""

AGE_UNIT = 10.0
"""Age counts in decades: its odds ratio is that of ten years."""


@dataclass(frozen=True, eq=False)
class Clinic:
    """Model-LBC and the cut-offs.

    Parameters
    ----------
    model
        The regression over `VARIABLES`.
    cut_offs
        Youden's cut-off of each of `MODELS`.
    """

    model: Logistic
    cut_offs: Mapping[str, float]

    def tensors(self) -> dict[str, Tensor]:
        """Return everything as float64 tensors, to be stored beside the networks."""
        return {
            "coefficients": torch.from_numpy(self.model.coefficients),
            "intercept": torch.tensor([self.model.intercept], dtype=torch.float64),
            "means": torch.from_numpy(self.model.means),
            "errors": torch.from_numpy(self.model.errors),
            "cut_offs": torch.tensor([self.cut_offs[m] for m in MODELS], dtype=torch.float64),
        }

    @classmethod
    def from_tensors(cls, stored: Mapping[str, Tensor]) -> "Clinic":
        """Return what `tensors` gave."""
        model = Logistic(
            stored["coefficients"].numpy(),
            float(stored["intercept"]),
            stored["means"].numpy(),
            stored["errors"].numpy(),
        )
        return cls(model, dict(zip(MODELS, stored["cut_offs"].tolist(), strict=True)))


def factor_values(reading: ClinicalReading) -> Floats | None:
    """Return the six factors as numbers, (6,); None if one is missing.

    Yes, male and any hepatitis are 1; age is in decades.
    """
    if reading.missing:
        return None
    values = [
        reading.numbers[name] / AGE_UNIT if name == "age" else _indicator(reading.words[name])
        for name in FACTORS
    ]
    return np.array(values, np.float64)


def with_scores(scores: Sequence[float] | Floats, factors: Floats) -> Floats:
    """Return the regression's table (n, 7): Model-LB's outcomes (n,) and factors (n, 6)."""
    return np.column_stack([np.asarray(scores, np.float64), factors])


def _indicator(word: str) -> float:
    return 0.0 if word in ("no", "none", "F") else 1.0
