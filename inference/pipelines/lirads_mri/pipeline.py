"""LI-RADS on MRI from an examination to an explained prediction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from inference.contracts import Exam, Heatmap, Marks, Mask, Notice, Prediction, RunRecord
from inference.errors import UnusableInput
from inference.pipelines.base import Pipeline, Work, no_lesion, run_record
from inference.pipelines.lirads_mri.conclude import (
    applies,
    findings_of,
    lesion_of,
    notices_of,
    suspicion,
)
from inference.pipelines.lirads_mri.configuration import (
    CONFIGURATIONS,
    DELAYED,
    PHASES,
    Configuration,
)
from inference.pipelines.lirads_mri.explain import explain_lesion, work_units
from inference.pipelines.lirads_mri.locate import (
    Located,
    detected_regions,
    given_regions,
    measure_scales,
    slices_to_segment,
)
from inference.pipelines.lirads_mri.networks import Networks, open_networks
from inference.pipelines.lirads_mri.predict import AGGREGATION, LesionEvidence, characterise
from inference.pipelines.lirads_mri.select import Selection, select_volumes
from inference.registry.systems import LIRADS_MRI


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the networks said about every lesion, and which one the case rests on."""

    located: Located
    lesions: tuple[LesionEvidence, ...]
    decision_lesion: int | None


class LiradsPipeline(Pipeline[Selection, Located, Evidence]):
    """Segmenter, characteriser and rules, the networks loaded."""

    SHARES: Mapping[str, float] = {"select": 0.02, "locate": 0.5, "predict": 0.08, "explain": 0.4}

    def __init__(self, networks: Networks, configuration: Configuration) -> None:
        self.networks = networks
        self.configuration = configuration

    def select(self, exam: Exam) -> Selection:
        """Choose the arterial, the portal venous and the delayed volume."""
        return select_volumes(exam)

    def locate(self, selected: Selection, marks: Marks, work: Work) -> Located:
        """Segment lesions in the delayed phase, inside the boxes given or everywhere."""
        if marks.outlines:
            raise UnusableInput(
                "outline_not_used", "This system uses no outline; give boxes instead."
            )
        work.expect(slices_to_segment(selected, marks.lesions))
        scales, notices = measure_scales(selected, self.configuration)
        segmenter, scale = self.networks.segmenter, scales[DELAYED]
        if marks.lesions:
            regions, more = given_regions(
                selected, marks.lesions, segmenter, scale, self.configuration, work.done
            )
            notices += more
        else:
            regions = detected_regions(selected, segmenter, scale, self.configuration, work.done)
            notices += [] if regions else [no_lesion()]
        return Located(selected, scales, regions, (*selected.warnings, *notices))

    def predict(self, located: Located, work: Work) -> Evidence:
        """Judge features; the case rests on the first lesion given, else the most suspicious."""
        work.expect(len(located.regions) * len(PHASES))
        lesions = characterise(
            located,
            self.networks.characteriser,
            self.configuration,
            self.networks.device,
            work.done,
        )
        return Evidence(located, lesions, _decision_lesion(lesions))

    def conclude(self, evidence: Evidence) -> Prediction:
        """Turn features into categories by both rule sets, and into probabilities."""
        located = evidence.located
        nothing = Prediction(
            decision=None,
            probabilities={},
            phases_used=located.selection.phases_used,
            warnings=located.warnings,
        )
        if evidence.decision_lesion is None:
            return nothing
        chosen = evidence.lesions[evidence.decision_lesion]
        volume = located.selection.volumes[DELAYED]
        probabilities = chosen.probabilities() if applies(chosen) else {}
        warnings: tuple[Notice, ...] = (*located.warnings, *notices_of(chosen))
        return replace(
            nothing,
            decision=max(probabilities, key=lambda code: probabilities[code], default=None),
            probabilities=probabilities,
            lesions=tuple(
                lesion_of(entry, volume.series_key, volume.geometry is not None)
                for entry in evidence.lesions
            ),
            decision_lesion=evidence.decision_lesion,
            warnings=warnings,
            findings=findings_of(chosen),
        )

    def explain(
        self, evidence: Evidence, methods: Sequence[str], work: Work
    ) -> tuple[Heatmap, ...]:
        """Make heat maps of the lesion the case rests on."""
        if evidence.decision_lesion is None:
            return ()
        work.expect(work_units(methods))
        chosen = evidence.lesions[evidence.decision_lesion]
        return explain_lesion(chosen, methods, self.networks, work.done)

    def masks(self, evidence: Evidence) -> tuple[Mask, ...]:
        """Return what the segmenter took for each lesion."""
        volume = evidence.located.selection.volumes[DELAYED]
        found = []
        for number, region in enumerate(evidence.located.regions):
            shift = np.eye(4)
            shift[:3, 3] = region.box_px[:3]
            affine = region.geometry.affine @ shift
            found.append(Mask(number, DELAYED.value, volume.series_key, region.inside_zyx, affine))
        return tuple(found)

    def record(self, timings_ms: Mapping[str, float]) -> RunRecord:
        """Name weights, configuration, device and versions."""
        return run_record(
            LIRADS_MRI,
            self.networks.manifest,
            aggregation=AGGREGATION,
            device=self.networks.device,
            dtype=self.networks.dtype,
            timings_ms=timings_ms,
        )


@lru_cache(maxsize=2)
def open_pipeline(configuration: str, weights: Path | None, device: str) -> LiradsPipeline:
    """Return the pipeline with its networks loaded; kept for the next run.

    Raises
    ------
    UnusableInput
        ``unknown_configuration``.
    CannotRun, BadCheckpoint
        See `open_networks`.
    """
    networks = open_networks(configuration, weights, device)
    return LiradsPipeline(networks, CONFIGURATIONS[configuration])


def _decision_lesion(lesions: Sequence[LesionEvidence]) -> int | None:
    """The index lesion when given, else the one with the highest category to be expected."""
    if not lesions:
        return None
    if lesions[0].region.source == "given":
        return 0
    expected = [suspicion(entry) for entry in lesions]
    return expected.index(max(expected))
