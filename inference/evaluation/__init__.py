"""Measure systems on labelled cohorts, in the papers' terms, with intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from inference.pipelines.options import check_options
from inference.registry import find


def evaluate(
    system: str,
    data: Path,
    *,
    weights: Path | None = None,
    configuration: str = "demo",
    device: str = "auto",
    progress: Callable[[float, str], None] = lambda fraction, step: None,
    options: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Run a system on every case of a labelled cohort and compare with the reference standard.

    Parameters
    ----------
    data
        Folder with ``truth.csv`` and one folder per case.
    weights
        Folder of weights; None takes the shipped ones.
    options
        Further arguments of the system's own `evaluate`, as words.

    Returns
    -------
    dict
        ``{"system", "n_cases", "n_lesions", "metrics", "confusion", "by_stratum", "ablations"}``;
        each metric is ``{"estimate", "ci_low", "ci_high"}``, a 95 % percentile interval over
        cases drawn with replacement.

    Raises
    ------
    UnusableInput
        If the cohort can't be read or an option is unknown.
    CannotRun
        As `inference.pipelines.run`.
    """
    find(system)
    module = import_module(f"inference.evaluation.{system}")
    common = {
        "weights": weights,
        "configuration": configuration,
        "device": device,
        "progress": progress,
    }
    own = options or {}
    check_options(module.evaluate, own, frozenset(common))
    result: dict[str, Any] = module.evaluate(data, **common, **own)
    return result
