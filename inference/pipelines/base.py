"""The form every system's run has: select, locate, predict, explain; timed, with real progress."""

import platform
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Generic, TypeVar

import numpy as np
import torch

from inference.contracts import Exam, Heatmap, Marks, Mask, Notice, Prediction, RunOutput, RunRecord
from inference.registry.spec import ModelSpec
from inference.registry.weights import Manifest

Progress = Callable[[float, str], None]
Selected = TypeVar("Selected")
Located = TypeVar("Located")
Evidence = TypeVar("Evidence")


class Work:
    """Units of work of one step; `done` moves the bar by their share of the step."""

    def __init__(self, start: float, share: float, report: Callable[[float], None]) -> None:
        self._start, self._share, self._report = start, share, report
        self._total = 1
        self._finished = 0

    def expect(self, total: int) -> None:
        """Say how many units the step has; to be called before the first `done`."""
        self._total = max(1, total)

    def done(self, units: int = 1) -> None:
        """Note that units are finished."""
        self._finished = min(self._total, self._finished + units)
        self._report(self._start + self._share * self._finished / self._total)


class Steps:
    """Times the steps of one run and turns their units of work into one growing fraction.

    Parameters
    ----------
    shares
        Part of the whole of each step by name, in order, sum 1.
    progress
        Called with the fraction in [0, 1] and the step's name.
    """

    def __init__(self, shares: Mapping[str, float], progress: Progress) -> None:
        self._shares = dict(shares)
        self._progress = progress
        self._start = 0.0
        self.timings_ms: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[Work]:
        """Run one step; the bar stands at its end when it is left."""
        began = time.perf_counter()
        share = self._shares[name]
        self._progress(self._start, name)
        yield Work(self._start, share, lambda fraction: self._progress(fraction, name))
        self._start = min(1.0, self._start + share)
        self.timings_ms[name] = round((time.perf_counter() - began) * 1000, 1)
        self._progress(self._start, name)


class Pipeline(ABC, Generic[Selected, Located, Evidence]):
    """A system ready to run: networks loaded, on their device.

    `SHARES` says how much of a run each of the steps ``select``, ``locate``, ``predict`` and
    ``explain`` usually is.
    """

    SHARES: Mapping[str, float]

    def run(
        self,
        exam: Exam,
        marks: Marks,
        methods: Sequence[str],
        progress: Progress,
    ) -> RunOutput:
        """Run the steps one after the other; see `inference.pipelines.run`."""
        steps = Steps(self.SHARES, progress)
        with steps.step("select"):
            selected = self.select(exam)
        with steps.step("locate") as work:
            located = self.locate(selected, marks, work)
        with steps.step("predict") as work:
            evidence = self.predict(located, work)
            prediction = self.conclude(evidence)
        with steps.step("explain") as work:
            heatmaps = self.explain(evidence, methods, work)
        record = self.record(steps.timings_ms)
        return RunOutput(prediction, heatmaps, record, self.masks(evidence))

    @abstractmethod
    def select(self, exam: Exam) -> Selected:
        """Choose the images to use."""

    @abstractmethod
    def locate(self, selected: Selected, marks: Marks, work: Work) -> Located:
        """Find the lesions, or take those given."""

    @abstractmethod
    def predict(self, located: Located, work: Work) -> Evidence:
        """Run the networks."""

    @abstractmethod
    def conclude(self, evidence: Evidence) -> Prediction:
        """Turn what the networks said into the case's result."""

    @abstractmethod
    def explain(
        self, evidence: Evidence, methods: Sequence[str], work: Work
    ) -> tuple[Heatmap, ...]:
        """Make heat maps by the named methods."""

    def masks(self, evidence: Evidence) -> tuple[Mask, ...]:
        """Return the lesions' outlines as voxels, where the system makes them."""
        return ()

    @abstractmethod
    def record(self, timings_ms: Mapping[str, float]) -> RunRecord:
        """Say how the result came about."""


def no_lesion() -> Notice:
    """Say that nothing was found."""
    return Notice(
        "no_lesion",
        "No lesion was found, so nothing was classified; this doesn't mean that there is none. "
        "Mark a lesion to have it classified.",
    )


def run_record(
    spec: ModelSpec,
    manifest: Manifest,
    *,
    aggregation: str,
    device: torch.device,
    dtype: torch.dtype,
    timings_ms: Mapping[str, float],
) -> RunRecord:
    """Say how a result came about: weights, configuration, device, precision and versions.

    Parameters
    ----------
    aggregation
        How the images of a case became one result, for example ``mean_logit``.
    dtype
        Of the convolutions that the prediction rests on.
    """
    return RunRecord(
        system=spec.system,
        version=spec.version,
        weights_sha256=manifest.sha256,
        configuration=manifest.configuration,
        aggregation=aggregation,
        device=str(device),
        timings_ms=timings_ms,
        software={
            "python": platform.python_version(),
            "torch": torch.__version__,
            "numpy": np.__version__,
            "precision": str(dtype).removeprefix("torch."),
            "threads": str(torch.get_num_threads()),
        },
        label=manifest.label,
    )
