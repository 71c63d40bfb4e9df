"""The systems as pipelines; `run` is the one entry for jobs and command line.

Importing this doesn't import torch; running does.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from inference.contracts import Exam, LesionInput, Marks, Outline, RunOutput
from inference.errors import UnusableInput
from inference.pipelines.options import check_options
from inference.registry import find

Progress = Callable[[float, str], None]
METHODS = ("cam", "gradcam", "gradcam++", "shap")
THREADS_VARIABLE = "INFERENCE_THREADS"


def run(
    system: str,
    exam: Exam,
    *,
    lesions: Sequence[LesionInput] = (),
    outlines: Sequence[Outline] = (),
    device: str = "auto",
    progress: Progress = lambda fraction, step: None,
    explain: Sequence[str] = ("cam", "shap"),
    configuration: str = "demo",
    weights: Path | None = None,
    threads: int | None = None,
) -> RunOutput:
    """Run a system on one examination. The same input gives the same bits on one device.

    Parameters
    ----------
    system
        For example ``lilnet_ct``.
    exam
        From `inference.io.read_exam`.
    lesions
        Boxes given by a person, the index lesion first; without any the system looks itself.
    outlines
        Lesions drawn by a person on clips (B-mode and contrast-enhanced ultrasound).
    device
        "auto" (a GPU when there is one), "cpu" or "cuda".
    progress
        Called with a fraction that never falls and the name of the step: select, locate, predict,
        explain.
    explain
        Methods of explanation, out of `METHODS`.
    configuration
        ``demo`` (shipped weights) or ``paper``.
    weights
        Folder of weights; None takes the shipped ones.
    threads
        CPU threads of torch; None takes the environment variable INFERENCE_THREADS, else leaves
        them. Two threads on one busy core are far slower than one.

    Raises
    ------
    UnusableInput
        If an argument or the images can't be used.
    CannotRun
        If the system can't run on this exam, or its weights or the device are missing.
    """
    unknown = [method for method in explain if method not in METHODS]
    if unknown:
        raise UnusableInput(
            "unknown_method",
            f"There is no explanation {unknown[0]!r}; choose {', '.join(METHODS)}.",
        )
    spec = find(system)
    _pin_threads(threads)
    pipeline = import_module(f"{spec.package}.pipeline").open_pipeline(
        configuration, weights, device
    )
    output: RunOutput = pipeline.run(
        exam, Marks(tuple(lesions), tuple(outlines)), explain, progress
    )
    return output


def train(
    system: str,
    data: Path,
    output: Path,
    *,
    configuration: str = "demo",
    seed: int = 0,
    device: str = "auto",
    progress: Progress = lambda fraction, step: None,
    threads: int | None = None,
    options: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Train a system on a labelled cohort and write its weights folder.

    Parameters
    ----------
    data
        Folder with ``truth.csv`` and one folder of DICOM per case.
    output
        Folder for the weights and their manifest; made if needed.
    seed
        Of the split, the initial weights and the batches.
    options
        Further arguments of the system's own `train`, such as ``recipe``, as words.

    Returns
    -------
    dict
        ``{"system", "configuration", "n_cases", "n_lesions", "training"}``.

    Raises
    ------
    UnusableInput
        If the cohort can't be read or lacks a class, or an option is unknown.
    """
    spec = find(system)
    _pin_threads(threads)
    trainer = import_module(f"{spec.package}.train").train
    common = {
        "configuration": configuration,
        "seed": seed,
        "device": device,
        "progress": progress,
    }
    own = options or {}
    check_options(trainer, own, frozenset(common))
    result: dict[str, Any] = trainer(data, output, **common, **own)
    return result


def _pin_threads(threads: int | None) -> None:
    import torch

    number = threads or int(os.environ.get(THREADS_VARIABLE, "0"))
    if number > 0:
        torch.set_num_threads(number)
