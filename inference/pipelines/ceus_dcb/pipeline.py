"""Model-DCB from a cine to an explained prediction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from inference.contracts import Exam, Heatmap, Lesion, Marks, Prediction, RunRecord
from inference.pipelines.base import Pipeline, Work, run_record
from inference.pipelines.ceus_dcb.configuration import CONFIGURATIONS, VIDEO_PARTS, Configuration
from inference.pipelines.ceus_dcb.explain import explain_lesion, work_units
from inference.pipelines.ceus_dcb.findings import findings_of
from inference.pipelines.ceus_dcb.locate import (
    Located,
    carry_outline,
    outlines_of,
    region_warnings,
)
from inference.pipelines.ceus_dcb.networks import Networks, open_networks
from inference.pipelines.ceus_dcb.predict import (
    AGGREGATION,
    LesionEvidence,
    classify,
    clinical_warnings,
)
from inference.pipelines.ceus_dcb.select import Selection, select_clips
from inference.registry.systems import CEUS_DCB


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the networks said about every lesion; the case rests on the first."""

    located: Located
    lesions: tuple[LesionEvidence, ...]


class CeusPipeline(Pipeline[Selection, Located, Evidence]):
    """Model-DCB with its networks loaded."""

    SHARES: Mapping[str, float] = {"select": 0.02, "locate": 0.3, "predict": 0.18, "explain": 0.5}

    def __init__(self, networks: Networks, configuration: Configuration) -> None:
        self.networks = networks
        self.configuration = configuration

    def select(self, exam: Exam) -> Selection:
        """Choose the cine and read the clinical values."""
        return select_clips(exam)

    def locate(self, selected: Selection, marks: Marks, work: Work) -> Located:
        """Carry the lesions that a person marked through the cine."""
        outlines = outlines_of(selected, marks)
        lengths = [clip.shape_tyxc[0] for clip in selected.clips]
        work.expect(sum(lengths[o.image] for o in outlines if o.image < len(lengths)))
        regions = tuple(
            carry_outline(selected, outline, self.configuration, work.done) for outline in outlines
        )
        notices = [
            notice
            for number, region in enumerate(regions, start=1)
            for notice in region_warnings(number, region)
        ]
        notices += clinical_warnings(self.networks.fusions["model_dcb"], selected.patient)
        return Located(selected, regions, (*selected.warnings, *notices))

    def predict(self, located: Located, work: Work) -> Evidence:
        """Run the modules on the videos, then the second stage."""
        work.expect(len(located.regions) * len(VIDEO_PARTS))
        lesions = classify(
            located.regions,
            located.selection.patient,
            self.networks,
            self.configuration,
            work.done,
        )
        return Evidence(located, lesions)

    def conclude(self, evidence: Evidence) -> Prediction:
        """Turn probabilities into the decision and what stands beside it."""
        index = evidence.lesions[0]
        probabilities = index.probabilities()
        patient = evidence.located.selection.patient
        return Prediction(
            decision=max(probabilities, key=lambda code: probabilities[code]),
            probabilities=probabilities,
            stages=index.stages(),
            lesions=tuple(_lesion(entry) for entry in evidence.lesions),
            decision_lesion=0,
            warnings=evidence.located.warnings,
            findings=findings_of(index, patient, self.networks.fusions[index.model]),
        )

    def explain(
        self, evidence: Evidence, methods: Sequence[str], work: Work
    ) -> tuple[Heatmap, ...]:
        """Make heat maps of the lesion the case rests on."""
        work.expect(work_units(methods))
        return explain_lesion(
            evidence.lesions[0], methods, self.networks, self.configuration, work.done
        )

    def record(self, timings_ms: Mapping[str, float]) -> RunRecord:
        """Name weights, configuration, device and versions."""
        return run_record(
            CEUS_DCB,
            self.networks.manifest,
            aggregation=AGGREGATION,
            device=self.networks.device,
            dtype=self.networks.dtype,
            timings_ms=timings_ms,
        )


@lru_cache(maxsize=2)
def open_pipeline(configuration: str, weights: Path | None, device: str) -> CeusPipeline:
    """Return the pipeline with its networks loaded; kept for the next run.

    Raises
    ------
    InferenceError
        As `open_networks`.
    """
    networks = open_networks(configuration, weights, device)
    return CeusPipeline(networks, CONFIGURATIONS[configuration])


def _lesion(evidence: LesionEvidence) -> Lesion:
    region = evidence.region
    x0, y0, x1, y1 = region.lesion_box
    return Lesion(
        box_mm=None,
        box_px=(x0, y0, region.frame, x1, y1, region.frame + 1),
        confidence=1.0,
        probabilities=evidence.probabilities(),
        source="given",
        series_key=region.clip.series_key,
    )
