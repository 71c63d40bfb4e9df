"""LI-RADS on MRI: the tables of its paper, on a labelled cohort.

Features and categories are judged at the reference boxes, the mask segmented inside them. The
whole run without boxes gives Dice by threshold, lesions found, and `accuracy_detected`.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.contracts import Volume
from inference.evaluation.bootstrap import DRAWS, mean_intervals
from inference.evaluation.lirads_ablations import open_seeds, said_by_all
from inference.evaluation.lirads_faithfulness import lesion_faithfulness
from inference.evaluation.lirads_results import THRESHOLDS, CaseResult, LesionResult
from inference.evaluation.lirads_summary import summarise
from inference.evaluation.options import whole_number
from inference.io.cohort import LabelledExam, read_cohort, read_truth
from inference.lirads import CATEGORIES
from inference.pipelines.lirads_mri.breathing import Shifts
from inference.pipelines.lirads_mri.conclude import suspicion
from inference.pipelines.lirads_mri.configuration import DELAYED, PHASES
from inference.pipelines.lirads_mri.locate import Located, measure_scales
from inference.pipelines.lirads_mri.pipeline import LiradsPipeline, open_pipeline
from inference.pipelines.lirads_mri.predict import LesionEvidence, characterise
from inference.pipelines.lirads_mri.preprocess import grid_of
from inference.pipelines.lirads_mri.samples import true_region
from inference.pipelines.lirads_mri.segment import (
    Mask,
    Region,
    find_regions,
    lesion_probabilities,
    region_in_box,
)
from inference.pipelines.lirads_mri.select import Selection


def evaluate(
    data: Path,
    *,
    weights: Path | None,
    configuration: str,
    device: str,
    progress: Callable[[float, str], None],
    draws: str = str(DRAWS),
    against: str = "",
    faithfulness: str = "0",
) -> dict[str, Any]:
    """Evaluate on a cohort folder; see `inference.evaluation.evaluate`.

    Parameters
    ----------
    draws
        Of the bootstrap.
    against
        Folders of weights, joined by commas: training seeds of the networks that are compared with
        each other, whose figures are averaged. The weights' own networks without.
    faithfulness
        Number of cases on which heat maps are tested by deletion and insertion; the result then
        has a key ``faithfulness``.
    """
    n_draws, n_tested = whole_number("Draws", draws), whole_number("Faithfulness", faithfulness)
    rows = read_truth(data)
    n_cases = len({row.case for row in rows})
    pipeline = open_pipeline(configuration, weights, device)
    seeds = open_seeds(against, configuration, device) or (pipeline,)
    results, cases, tested = [], [], []
    for number, labelled in enumerate(read_cohort(data, rows), start=1):
        results.append(assess(pipeline, seeds, labelled, data))
        for lesion in results[-1].lesions if number <= n_tested else ():
            measured = lesion_faithfulness(pipeline, lesion.evidence, lesion.row.box_mm)
            cases += [lesion.row.case] * len(measured)
            tested += measured
        progress(0.9 * number / n_cases, "run")
    summary = summarise(results, n_draws)
    if tested:
        summary["faithfulness"] = mean_intervals(cases, tested)
    progress(1.0, "summarise")
    return summary


def assess(
    pipeline: LiradsPipeline,
    seeds: Sequence[LiradsPipeline],
    labelled: LabelledExam,
    cohort: Path,
) -> CaseResult:
    """Run the system on one labelled exam, with and without its reference boxes.

    `seeds` are asked for the networks compared with each other.
    """
    exam, rows = labelled
    selection, settings = pipeline.select(exam), pipeline.configuration
    delayed = selection.volumes[DELAYED]
    geometry, depth = grid_of(delayed), delayed.shape_zyx[0]
    scales, _ = measure_scales(selection, settings)
    segmenter = pipeline.networks.segmenter
    probabilities = lesion_probabilities(
        delayed, segmenter, scales[DELAYED], settings, (0, depth), lambda _: None
    )
    truth = [true_region(cohort, row, delayed) for row in rows]
    given = []
    for row in rows:
        x0, y0, z0, x1, y1, z1 = box = geometry.pixel_box(row.box_mm)
        inside = probabilities[z0:z1, y0:y1, x0:x1]
        given.append(region_in_box(inside, box, geometry, settings)[0])
    found = find_regions(probabilities, geometry, settings)
    known = _characterised(pipeline, Located(selection, scales, tuple(given), ()))
    still = _characterised(pipeline, Located(selection, scales, tuple(given), ()), breathing_mm=0.0)
    detected = _characterised(pipeline, Located(selection, scales, found, ()))
    others = said_by_all(seeds, known)
    hits = [any(_touch(own, region) for region in found) for own in truth]
    false = sum(not any(_touch(own, region) for own in truth) for region in found)
    lesions = tuple(
        LesionResult(
            row=row,
            evidence=known[n],
            dice=_dice(given[n], truth[n]),
            found=hits[n],
            brightness=_brightness(truth[n], selection, known[n].shifts_mm),
            others=others[n],
            uncorrected=still[n].probabilities(),
        )
        for n, row in enumerate(rows)
    )
    counts = tuple(
        _voxel_counts(find_regions(probabilities, geometry, replace(settings, threshold=t)), truth)
        for t in THRESHOLDS
    )
    for volume in selection.volumes.values():
        volume.release()
    return CaseResult(lesions, _voxel_counts(found, truth), counts, false, _decision(detected))


def _characterised(
    pipeline: LiradsPipeline, located: Located, **changes: Any
) -> tuple[LesionEvidence, ...]:
    networks, settings = pipeline.networks, replace(pipeline.configuration, **changes)
    return characterise(located, networks.characteriser, settings, networks.device, lambda _: None)


def _decision(lesions: tuple[LesionEvidence, ...]) -> str | None:
    """The category of the most suspicious lesion found, as the pipeline decides."""
    if not lesions:
        return None
    probabilities = max(lesions, key=suspicion).probabilities()
    return max(CATEGORIES, key=lambda code: probabilities[code])


def _touch(first: Region, second: Region) -> bool:
    """Whether two regions share a voxel."""
    return _common(first, second) > 0


def _dice(first: Region, second: Region) -> float:
    total = int(first.inside_zyx.sum()) + int(second.inside_zyx.sum())
    return 2 * _common(first, second) / total


def _common(first: Region, second: Region) -> int:
    """Return how many voxels two regions of one volume share."""
    a, b = first.box_px, second.box_px
    low = [max(a[k], b[k]) for k in range(3)]
    high = [min(a[k + 3], b[k + 3]) for k in range(3)]
    if any(x >= y for x, y in zip(low, high, strict=True)):
        return 0
    return int((_window(first, low, high) & _window(second, low, high)).sum())


def _window(region: Region, low: list[int], high: list[int]) -> Mask:
    x, y, z = (slice(low[k] - region.box_px[k], high[k] - region.box_px[k]) for k in range(3))
    return region.inside_zyx[z, y, x]


def _voxel_counts(found: Sequence[Region], truth: Sequence[Region]) -> tuple[int, int, int]:
    """Return true positive, false positive and missed voxels of regions found."""
    hits = sum(_common(region, own) for region in found for own in truth)
    marked, total = (sum(int(r.inside_zyx.sum()) for r in regions) for regions in (found, truth))
    return hits, marked - hits, total - hits


def _brightness(region: Region, selection: Selection, shifts_mm: Shifts) -> tuple[float, ...]:
    """Return the lesion's mean grey value in each phase, its voxels carried to their place."""
    index = np.argwhere(region.inside_zyx)[:, ::-1] + region.box_px[:3]
    places = region.geometry.world_from_index(index)
    return tuple(_mean_at(selection.volumes[phase], places + shifts_mm[phase]) for phase in PHASES)


def _mean_at(volume: Volume, places_mm: NDArray[np.float64]) -> float:
    index = np.rint(grid_of(volume).index_from_world(places_mm)).astype(int)
    x, y, z = np.clip(index, 0, np.array(volume.shape_zyx[::-1]) - 1).T
    return float(volume.array_zyx[z, y, x].mean())
