"""DCNN-US from an examination and a person's outlines to an explained prediction."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from inference.contracts import Exam, Heatmap, Lesion, Marks, Prediction, RunRecord
from inference.pipelines.base import Pipeline, Work, run_record
from inference.pipelines.bmode_dcnn.configuration import CLASSES, CONFIGURATIONS, Configuration
from inference.pipelines.bmode_dcnn.explain import explain_views, work_units
from inference.pipelines.bmode_dcnn.findings import fallback, findings
from inference.pipelines.bmode_dcnn.locate import Located, locate_lesion
from inference.pipelines.bmode_dcnn.networks import Networks, open_networks
from inference.pipelines.bmode_dcnn.predict import AGGREGATION, Evidence, classify, two_classes
from inference.pipelines.bmode_dcnn.select import Selection, select_images
from inference.registry.systems import BMODE_DCNN


class BModePipeline(Pipeline[Selection, Located, Evidence]):
    """DCNN-US with its networks loaded."""

    SHARES: Mapping[str, float] = {"select": 0.02, "locate": 0.08, "predict": 0.2, "explain": 0.7}

    def __init__(self, networks: Networks, configuration: Configuration) -> None:
        self.networks = networks
        self.configuration = configuration

    def select(self, exam: Exam) -> Selection:
        """Keep ultrasound and read the clinical table."""
        return select_images(exam)

    def locate(self, selected: Selection, marks: Marks, work: Work) -> Located:
        """Cut the outlined regions out of their images."""
        return locate_lesion(selected, marks, self.configuration)

    def predict(self, located: Located, work: Work) -> Evidence:
        """Ask Model-L, Model-LB and Model-LBC, as far as what was given allows."""
        paired = sum(view.background is not None for view in located.views)
        work.expect(len(located.views) + paired)
        return classify(located, self.networks, self.configuration, work.done)

    def conclude(self, evidence: Evidence) -> Prediction:
        """Rest the case on the fullest model that could be asked."""
        clinic = self.networks.clinic
        probabilities = two_classes(evidence.outcomes[evidence.model])
        return Prediction(
            decision=max(CLASSES, key=lambda code: probabilities[code]),
            probabilities=probabilities,
            stages=evidence.stages(),
            lesions=(_lesion(evidence, probabilities),),
            decision_lesion=0,
            warnings=(*evidence.located.warnings, *fallback(evidence, clinic)),
            findings=findings(evidence, clinic),
        )

    def explain(
        self, evidence: Evidence, methods: Sequence[str], work: Work
    ) -> tuple[Heatmap, ...]:
        """Make heat maps of all views the result rests on."""
        work.expect(work_units(evidence, methods))
        return explain_views(evidence, methods, self.networks, work.done)

    def record(self, timings_ms: Mapping[str, float]) -> RunRecord:
        """Name weights, configuration, device and versions."""
        networks = self.networks
        return run_record(
            BMODE_DCNN,
            networks.manifest,
            aggregation=AGGREGATION,
            device=networks.device,
            dtype=networks.dtype,
            timings_ms=timings_ms,
        )


@lru_cache(maxsize=2)
def open_pipeline(configuration: str, weights: Path | None, device: str) -> BModePipeline:
    """Return the pipeline with its networks loaded; kept for the next run.

    Raises
    ------
    InferenceError
        As `open_networks`.
    """
    networks = open_networks(configuration, weights, device)
    return BModePipeline(networks, CONFIGURATIONS[configuration])


def _lesion(evidence: Evidence, probabilities: Mapping[str, float]) -> Lesion:
    """Return the lesion at its place on the first view."""
    view = evidence.located.views[0]
    x0, y0, x1, y1 = view.lesion.outline_box
    return Lesion(
        box_mm=None,
        box_px=(x0, y0, view.frame, x1, y1, view.frame + 1),
        confidence=1.0,
        probabilities=probabilities,
        source="given",
        series_key=view.clip.series_key,
    )
