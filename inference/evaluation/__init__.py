"""Measure systems on labelled cohorts, in the papers' terms, with intervals."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from inference.registry import find


def evaluate(
    system: str,
    data: Path,
    *,
    weights: Path | None = None,
    configuration: str = "demo",
    device: str = "auto",
    progress: Callable[[float, str], None] = lambda fraction, step: None,
) -> dict[str, Any]:
    """Run a system on every case of a labelled cohort and compare with the reference standard.

    Parameters
    ----------
    data
        Folder with ``truth.csv`` and one folder per case.
    weights
        Folder of weights; None takes the shipped ones.

    Returns
    -------
    dict
        ``{"system", "n_cases", "n_lesions", "metrics", "confusion", "by_stratum", "ablations"}``;
        each metric is ``{"estimate", "ci_low", "ci_high"}``, a 95 % percentile interval over
        cases drawn with replacement.

    Raises
    ------
    UnusableInput
        If the cohort can't be read.
    CannotRun
        As `inference.pipelines.run`.
    """
    find(system)
    module = import_module(f"inference.evaluation.{system}")
    result: dict[str, Any] = module.evaluate(
        data, weights=weights, configuration=configuration, device=device, progress=progress
    )
    return result
