"""LiLNet from an examination to an explained prediction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from inference.contracts import Exam, Heatmap, Lesion, Marks, Notice, Prediction, RunRecord
from inference.errors import UnusableInput
from inference.pipelines.base import Pipeline, Work, run_record
from inference.pipelines.lilnet_ct.configuration import CONFIGURATIONS, PARTS, Configuration
from inference.pipelines.lilnet_ct.explain import explain_lesion, work_units
from inference.pipelines.lilnet_ct.locate import (
    Located,
    detect_lesions,
    given_lesions,
    inside_liver,
    no_lesion,
    size_warnings,
)
from inference.pipelines.lilnet_ct.networks import Networks, open_networks
from inference.pipelines.lilnet_ct.predict import AGGREGATION, LesionEvidence, classify, n_crops
from inference.pipelines.lilnet_ct.select import Selection, select_volumes
from inference.registry.systems import LILNET_CT


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the networks said about every lesion, and which one the case rests on."""

    located: Located
    lesions: tuple[LesionEvidence, ...]
    decision_lesion: int | None


class LiLNetPipeline(Pipeline[Selection, Located, Evidence]):
    """LiLNet with its networks loaded.

    Volumes are read slice by slice and only crops are kept, so that a run needs little memory
    beside the decoded volumes themselves.
    """

    SHARES: Mapping[str, float] = {"select": 0.02, "locate": 0.4, "predict": 0.18, "explain": 0.4}

    def __init__(self, networks: Networks, configuration: Configuration) -> None:
        self.networks = networks
        self.configuration = configuration

    def select(self, exam: Exam) -> Selection:
        """Choose the arterial and the portal venous volume."""
        return select_volumes(exam)

    def locate(self, selected: Selection, marks: Marks, work: Work) -> Located:
        """Take the boxes given, else detect lesions."""
        if marks.outlines:
            raise UnusableInput("outline_not_used", "LiLNet uses no outline; give boxes instead.")
        notices: list[Notice] = []
        if marks.lesions:
            found = given_lesions(selected, marks.lesions)
        else:
            work.expect(sum(volume.shape_zyx[0] for volume in selected.volumes))
            found = detect_lesions(selected, self.networks.detector, self.configuration, work.done)
            found, notices = inside_liver(selected, found, self.networks.liver)
        notices += size_warnings(found, self.configuration) if found else [no_lesion()]
        return Located(selected, found, (*selected.warnings, *notices))

    def predict(self, located: Located, work: Work) -> Evidence:
        """Run the three networks; the case rests on the first lesion given, else the worst."""
        work.expect(n_crops(located.lesions) * len(PARTS))
        lesions = classify(
            located.lesions,
            self.networks.fast,
            self.configuration,
            self.networks.device,
            work.done,
        )
        return Evidence(located, lesions, _decision_lesion(lesions))

    def conclude(self, evidence: Evidence) -> Prediction:
        """Turn logits into probabilities, stages and the decision."""
        selection = evidence.located.selection
        nothing = Prediction(
            decision=None,
            probabilities={},
            phases_used=selection.phases_used,
            phases_missing=tuple(phase.value for phase in selection.phases_missing),
            warnings=evidence.located.warnings,
        )
        if evidence.decision_lesion is None:
            return nothing
        chosen = evidence.lesions[evidence.decision_lesion]
        return replace(
            nothing,
            decision=chosen.decision(),
            probabilities=chosen.probabilities(),
            stages=chosen.stages(),
            lesions=tuple(_lesion(entry) for entry in evidence.lesions),
            decision_lesion=evidence.decision_lesion,
        )

    def explain(
        self, evidence: Evidence, methods: Sequence[str], work: Work
    ) -> tuple[Heatmap, ...]:
        """Make heat maps of the lesion the case rests on."""
        if evidence.decision_lesion is None:
            return ()
        chosen = evidence.lesions[evidence.decision_lesion]
        work.expect(work_units(chosen, methods))
        return explain_lesion(chosen, methods, self.networks, self.configuration, work.done)

    def record(self, timings_ms: Mapping[str, float]) -> RunRecord:
        """Name weights, configuration, device and versions."""
        networks = self.networks
        return run_record(
            LILNET_CT,
            networks.manifest,
            aggregation=AGGREGATION,
            device=networks.device,
            dtype=networks.dtype,
            timings_ms=timings_ms,
        )


@lru_cache(maxsize=2)
def open_pipeline(configuration: str, weights: Path | None, device: str) -> LiLNetPipeline:
    """Return the pipeline with its networks loaded; kept for the next run.

    Raises
    ------
    InferenceError
        As `open_networks`.
    """
    networks = open_networks(configuration, weights, device)
    return LiLNetPipeline(networks, CONFIGURATIONS[configuration])


def _decision_lesion(lesions: Sequence[LesionEvidence]) -> int | None:
    """The index lesion when given, else the one most likely malignant."""
    if not lesions:
        return None
    if lesions[0].lesion.source == "given":
        return 0
    malignant = [entry.stages()[0].probabilities["malignant"] for entry in lesions]
    return malignant.index(max(malignant))


def _lesion(evidence: LesionEvidence) -> Lesion:
    found = evidence.lesion
    volume, box_px = found.places[-1]
    return Lesion(
        box_mm=None if volume.geometry is None else found.box,
        box_px=box_px,
        confidence=found.confidence,
        probabilities=evidence.probabilities(),
        source=found.source,
        series_key=volume.series_key,
    )
