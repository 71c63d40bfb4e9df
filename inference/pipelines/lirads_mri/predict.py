"""From regions to crops, from crops to feature logits, from those to probabilities."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from inference.contracts import ContrastPhase
from inference.layers.batching import in_batches
from inference.lirads import Features, category_probabilities
from inference.pipelines.lirads_mri.breathing import Shifts, displacements
from inference.pipelines.lirads_mri.configuration import (
    PHASES,
    PHASES_OF_TASK,
    PORTAL,
    TASKS,
    Configuration,
)
from inference.pipelines.lirads_mri.findings import GADOXETATE, read_prior
from inference.pipelines.lirads_mri.locate import Located
from inference.pipelines.lirads_mri.preprocess import Crop, crop_at, crop_inputs, crop_side_mm
from inference.pipelines.lirads_mri.segment import Region

AGGREGATION = "max_probability_over_phases"
PRESENT = 0.5
"""Probability from which a feature counts as present."""


@dataclass(frozen=True, eq=False)
class LesionEvidence:
    """What the networks say about one lesion.

    Parameters
    ----------
    region
        Where it is.
    shifts_mm
        How far the lesion is displaced in each phase from where the delayed one shows it.
    crops
        By phase, in the order of `PHASES`.
    logits
        (phases, tasks) float32; only those of a task's own phases mean something.
    patient
        at_risk, contrast_agent, prior_size and prior_interval as words, "" where not stated.
    """

    region: Region
    shifts_mm: Shifts
    crops: Mapping[ContrastPhase, Crop]
    logits: Tensor
    patient: Mapping[str, str]

    def by_phase(self, task: str) -> dict[ContrastPhase, float]:
        """Return a feature's probability in each phase it is judged from."""
        column = self.logits[:, TASKS.index(task)].double().sigmoid().tolist()
        return {phase: column[PHASES.index(phase)] for phase in PHASES_OF_TASK[task]}

    def scores(self) -> dict[str, float]:
        """Return the probability of each feature.

        APHE is judged from the arterial phase. Washout and capsule are there if they are seen in
        the portal venous or in the delayed phase: the higher of both counts (the paper doesn't
        say how it combines them).
        """
        found = {task: max(self.by_phase(task).values()) for task in TASKS}
        return {**found, "washout_portal_venous": self.by_phase("washout")[PORTAL]}

    def features(self) -> Features:
        """Return features as present or not, with size and what is known of the patient."""
        scores = self.scores()
        at_risk = self.patient.get("at_risk", "")
        return Features(
            size_mm=self.region.size_mm(),
            aphe=scores["APHE"] >= PRESENT,
            washout=scores["washout"] >= PRESENT,
            capsule=scores["capsule"] >= PRESENT,
            at_risk=None if not at_risk else at_risk == "yes",
            prior=read_prior(self.patient),
            gadoxetate=self.gadoxetate,
            washout_portal_venous=scores["washout_portal_venous"] >= PRESENT,
        )

    @property
    def gadoxetate(self) -> bool:
        """Whether the contrast agent is gadoxetate."""
        return self.patient.get("contrast_agent") == GADOXETATE

    def counted_scores(self) -> dict[str, float]:
        """Return `scores` of the three tasks as v2018 counts them.

        With gadoxetate washout is that of the portal venous phase.
        """
        scores = self.scores()
        washout = scores["washout_portal_venous" if self.gadoxetate else "washout"]
        return {**{task: scores[task] for task in TASKS}, "washout": washout}

    def probabilities(self, scores: Mapping[str, float] | None = None) -> dict[str, float]:
        """Return the categories' probabilities, see `category_probabilities`.

        `scores` replaces what the networks say of the three tasks.
        """
        signs = scores or self.counted_scores()
        return category_probabilities(
            self.features(),
            aphe=signs["APHE"],
            washout=signs["washout"],
            capsule=signs["capsule"],
        )


def shifts_of(located: Located, region: Region, configuration: Configuration) -> Shifts:
    """Return where a lesion lies in each phase, see `displacements`."""
    return displacements(located.selection.volumes, *region.middle_mm(), configuration)


def cut_crops(
    located: Located, region: Region, shifts_mm: Shifts, configuration: Configuration
) -> dict[ContrastPhase, Crop]:
    """Cut the lesion out of each phase, on the slice where it is largest.

    The region is carried from the delayed phase to the others by its place in the patient and its
    displacement.
    """
    centre, side = region.middle_mm()
    return {
        phase: crop_at(
            volume,
            centre + shifts_mm[phase],
            crop_side_mm(side, configuration),
            located.scales[phase],
            configuration.crop_px,
        )
        for phase, volume in located.selection.volumes.items()
    }


def characterise(
    located: Located,
    characteriser: nn.Module,
    configuration: Configuration,
    device: torch.device,
    done: Callable[[int], None],
) -> tuple[LesionEvidence, ...]:
    """Run the characteriser on the crops of every lesion, batched over lesions and phases.

    An earlier measurement belongs to the first lesion.
    """
    if not located.regions:
        return ()
    shifts = [shifts_of(located, region, configuration) for region in located.regions]
    crops = [
        cut_crops(located, region, own, configuration)
        for region, own in zip(located.regions, shifts, strict=True)
    ]
    logits = run_on_crops(crops, characteriser, configuration, device, done)
    patient = located.selection.patient
    later = {name: word for name, word in patient.items() if not name.startswith("prior_")}
    return tuple(
        LesionEvidence(*one, later if number else patient)
        for number, one in enumerate(zip(located.regions, shifts, crops, logits, strict=True))
    )


def run_on_crops(
    crops: Sequence[Mapping[ContrastPhase, Crop]],
    network: nn.Module,
    configuration: Configuration,
    device: torch.device,
    done: Callable[[int], None] = lambda _: None,
) -> Tensor:
    """Return a network's logits of each lesion's crops, (lesions, phases, outputs) float32."""
    grey = torch.stack([torch.from_numpy(own[phase].image_yx) for own in crops for phase in PHASES])
    with torch.inference_mode():
        logits = in_batches(
            network, crop_inputs(grey).to(device), configuration.batch, done=done
        ).cpu()
    return logits.float().view(len(crops), len(PHASES), -1)
