"""A case, a job and a run's output to put into tests."""

from collections.abc import Sequence

import numpy as np

from inference.contracts import (
    Box,
    Heatmap,
    Lesion,
    Notice,
    Prediction,
    RunOutput,
    RunRecord,
    Stage,
)
from inference.jobs.execution import Progress
from inference.jobs.models import InferenceJob
from inference.jobs.services import request_inference
from tests.integration.cast import Cast
from webapp.accounts.models import User
from webapp.core.clock import Clock
from webapp.imaging.models import Case, Series

SERIES_UID = "2.25.11"
PROBABILITIES = {"HCC": 0.5, "ICC": 0.2, "MET": 0.1, "FNH": 0.1, "HEM": 0.06, "CYST": 0.04}


def make_case(owner: User, clock: Clock, *, code: str = "RR-000001", modality: str = "CT") -> Case:
    """Store a case of one arterial series without images."""
    case = Case.objects.create(
        code=code, owner=owner, study_uid=f"2.25.{code}", modality=modality, created_at=clock.now()
    )
    Series.objects.create(
        case=case, number=1, series_uid=SERIES_UID, modality=modality, phase="arterial"
    )
    return case


def make_job(cast: Cast, case: Case, *, system: str = "lilnet_ct") -> InferenceJob:
    """Queue a job without sending it."""
    return request_inference(case=case, system=system, actor=cast["clinician"], clock=cast.clock)


def sample_output(series_key: str = SERIES_UID) -> RunOutput:
    """Return what a pipeline would: one lesion, one signed heat map, one warning."""
    grid = np.linspace(-0.5, 1.0, 24, dtype=np.float32).reshape(2, 3, 4)
    lesion = Lesion(
        box_mm=Box(1.0, 2.0, 3.0, 10.0, 10.0, 10.0),
        box_px=(0, 0, 0, 10, 10, 2),
        confidence=0.9,
        probabilities=PROBABILITIES,
        source="detected",
        series_key=series_key,
    )
    prediction = Prediction(
        decision="HCC",
        probabilities=PROBABILITIES,
        stages=(Stage("bm", {"benign": 0.2, "malignant": 0.8}),),
        lesions=(lesion,),
        decision_lesion=0,
        phases_used=("arterial",),
        phases_missing=("portal_venous",),
        warnings=(Notice("phase_missing", "The portal venous phase is missing."),),
    )
    heatmap = Heatmap(
        method="shap",
        class_code="HCC",
        phase="arterial",
        series_key=series_key,
        grid_zyx=grid,
        affine=np.diag([2.0, 3.0, 4.0, 1.0]),
        signed=True,
        completeness_error=0.03,
        caption="Share of the logit.",
    )
    record = RunRecord(
        system="lilnet_ct",
        version="1.0.0",
        weights_sha256="ab" * 32,
        configuration="demo",
        aggregation="joint",
        device="cpu",
        timings_ms={"read": 1.0},
    )
    return RunOutput(prediction, (heatmap,), record)


def computing(
    output: RunOutput, reports: Sequence[tuple[float, str]] = ((0.5, "Detecting lesions"),)
) -> "FakeCompute":
    """Return a compute function that reports some progress, then gives an output."""
    return FakeCompute(output, reports)


class FakeCompute:
    """Stands in for a pipeline and counts how often it was asked."""

    def __init__(self, output: RunOutput, reports: Sequence[tuple[float, str]]) -> None:
        self.output, self.reports, self.calls = output, reports, 0

    def __call__(self, job: InferenceJob, progress: Progress) -> RunOutput:
        """Report, count, answer."""
        self.calls += 1
        for share, message in self.reports:
            progress(share, message)
        return self.output
