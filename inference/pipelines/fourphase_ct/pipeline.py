"""The four-phase system from an examination to an explained prediction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from inference.contracts import Exam, Heatmap, Lesion, Marks, Prediction, RunRecord
from inference.pipelines.base import Pipeline, Work, run_record
from inference.pipelines.fourphase_ct.configuration import CLASSES, CONFIGURATIONS, Configuration
from inference.pipelines.fourphase_ct.explain import explain_lesion, work_units
from inference.pipelines.fourphase_ct.locate import Located, marked_lesions
from inference.pipelines.fourphase_ct.networks import Networks, open_networks
from inference.pipelines.fourphase_ct.predict import AGGREGATION, LesionEvidence, classify
from inference.pipelines.fourphase_ct.select import Selection, select_volumes
from inference.registry.systems import FOURPHASE_CT


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the network said about every lesion; the case rests on the first."""

    located: Located
    lesions: tuple[LesionEvidence, ...]


class FourPhasePipeline(Pipeline[Selection, Located, Evidence]):
    """The four-phase system with its network loaded."""

    SHARES: Mapping[str, float] = {"select": 0.02, "locate": 0.03, "predict": 0.35, "explain": 0.6}

    def __init__(self, networks: Networks, configuration: Configuration) -> None:
        self.networks = networks
        self.configuration = configuration

    def select(self, exam: Exam) -> Selection:
        """Choose one volume per phase."""
        return select_volumes(exam)

    def locate(self, selected: Selection, marks: Marks, work: Work) -> Located:
        """Take the boxes given."""
        return marked_lesions(selected, marks)

    def predict(self, located: Located, work: Work) -> Evidence:
        """Run the network on every lesion."""
        work.expect(len(located.lesions))
        networks = self.networks
        lesions = classify(located, networks.fast, self.configuration, networks.device, work.done)
        return Evidence(located, lesions)

    def conclude(self, evidence: Evidence) -> Prediction:
        """Turn the index lesion's logits into probabilities, stages and the decision."""
        selection, index = evidence.located.selection, evidence.lesions[0]
        probabilities = index.probabilities()
        return Prediction(
            decision=max(CLASSES, key=lambda code: probabilities[code]),
            probabilities=probabilities,
            stages=index.stages(),
            lesions=tuple(_lesion(entry) for entry in evidence.lesions),
            decision_lesion=0,
            phases_used=tuple(phase.value for phase in selection.phases),
            phases_missing=tuple(phase.value for phase in selection.phases_missing),
            warnings=evidence.located.warnings,
        )

    def explain(
        self, evidence: Evidence, methods: Sequence[str], work: Work
    ) -> tuple[Heatmap, ...]:
        """Make heat maps of the index lesion."""
        work.expect(work_units(methods))
        return explain_lesion(
            evidence.lesions[0], methods, self.networks, self.configuration, work.done
        )

    def record(self, timings_ms: Mapping[str, float]) -> RunRecord:
        """Name weights, configuration, device and versions."""
        networks = self.networks
        return run_record(
            FOURPHASE_CT,
            networks.manifest,
            aggregation=AGGREGATION,
            device=networks.device,
            dtype=networks.dtype,
            timings_ms=timings_ms,
        )


@lru_cache(maxsize=2)
def open_pipeline(configuration: str, weights: Path | None, device: str) -> FourPhasePipeline:
    """Return the pipeline with its network loaded; kept for the next run.

    Raises
    ------
    InferenceError
        As `open_networks`.
    """
    networks = open_networks(configuration, weights, device)
    return FourPhasePipeline(networks, CONFIGURATIONS[configuration])


def _lesion(evidence: LesionEvidence) -> Lesion:
    lesion = evidence.lesion
    return Lesion(
        box_mm=lesion.box_mm,
        box_px=lesion.box_px,
        confidence=1.0,
        probabilities=evidence.probabilities(),
        source="given",
        series_key=lesion.volume.series_key,
    )
