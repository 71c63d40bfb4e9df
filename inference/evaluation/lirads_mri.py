"""LI-RADS on MRI: the tables of its paper, on a labelled cohort.

Features and categories are judged at the reference boxes, the mask segmented inside them. The
whole run without boxes gives Dice by threshold, lesions found, and `accuracy_detected`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from inference.contracts import Volume
from inference.evaluation.bootstrap import DRAWS
from inference.evaluation.lirads_summary import THRESHOLDS, CaseResult, LesionResult, summarise
from inference.io.cohort import LabelledExam, read_cohort, read_truth
from inference.lirads import CATEGORIES
from inference.pipelines.lirads_mri.conclude import suspicion
from inference.pipelines.lirads_mri.configuration import DELAYED, DIRECT, PHASES, PLAIN
from inference.pipelines.lirads_mri.locate import Located, measure_scales
from inference.pipelines.lirads_mri.pipeline import LiradsPipeline, open_pipeline
from inference.pipelines.lirads_mri.predict import LesionEvidence, characterise, run_on_crops
from inference.pipelines.lirads_mri.preprocess import grid_of, standardised
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
) -> dict[str, Any]:
    """Evaluate on a cohort folder; see `inference.evaluation.evaluate`.

    Parameters
    ----------
    draws
        Of the bootstrap.
    """
    rows = read_truth(data)
    n_cases = len({row.case for row in rows})
    pipeline = open_pipeline(configuration, weights, device)
    results = []
    for number, labelled in enumerate(read_cohort(data, rows), start=1):
        results.append(assess(pipeline, labelled, data))
        progress(0.9 * number / n_cases, "run")
    summary = summarise(results, int(draws))
    progress(1.0, "summarise")
    return summary


def assess(pipeline: LiradsPipeline, labelled: LabelledExam, cohort: Path) -> CaseResult:
    """Run the system on one labelled exam, with and without its reference boxes."""
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
    detected = _characterised(pipeline, Located(selection, scales, found, ()))
    others = _others(pipeline, known)
    hits = [any(_touch(own, region) for region in found) for own in truth]
    false = sum(not any(_touch(own, region) for own in truth) for region in found)
    lesions = tuple(
        LesionResult(
            row=row,
            evidence=known[n],
            dice=_dice(given[n], truth[n]),
            found=hits[n],
            brightness=_brightness(truth[n], selection),
            others={name: scores[n] for name, scores in others.items()},
        )
        for n, row in enumerate(rows)
    )
    counts = _pixel_counts(probabilities, truth)
    for volume in selection.volumes.values():
        volume.release()
    return CaseResult(lesions, counts, false, _decision(detected))


def _characterised(pipeline: LiradsPipeline, located: Located) -> tuple[LesionEvidence, ...]:
    networks = pipeline.networks
    return characterise(
        located, networks.characteriser, pipeline.configuration, networks.device, lambda _: None
    )


def _others(
    pipeline: LiradsPipeline, known: tuple[LesionEvidence, ...]
) -> dict[str, NDArray[np.float64]]:
    """Return what the networks without a switch and without features say of each lesion."""
    networks = pipeline.networks
    crops = [entry.crops for entry in known]
    found = {}
    if PLAIN in networks.ablations:
        logits = run_on_crops(
            crops, networks.ablations[PLAIN], pipeline.configuration, networks.device
        )
        found[PLAIN] = logits.double().sigmoid().mean(dim=1).numpy()
    if DIRECT in networks.ablations:
        grey = torch.stack(
            [torch.stack([torch.from_numpy(own[p].image_yx) for p in PHASES]) for own in crops]
        )
        with torch.inference_mode():
            scores = networks.ablations[DIRECT](standardised(grey).to(networks.device)).cpu()
        found[DIRECT] = scores.double().softmax(dim=1).numpy()
    return found


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


def _pixel_counts(
    probabilities: NDArray[np.float32], truth: list[Region]
) -> tuple[tuple[int, int, int], ...]:
    """Return true positive, false positive and missed voxels at each of `THRESHOLDS`."""
    inside = np.zeros(probabilities.shape, np.bool_)
    for region in truth:
        x0, y0, z0, x1, y1, z1 = region.box_px
        inside[z0:z1, y0:y1, x0:x1] |= region.inside_zyx
    total, found = int(inside.sum()), []
    for threshold in THRESHOLDS:
        positive = probabilities >= threshold
        hits = int((positive & inside).sum())
        found.append((hits, int(positive.sum()) - hits, total - hits))
    return tuple(found)


def _brightness(region: Region, selection: Selection) -> tuple[float, ...]:
    """Return the lesion's mean grey value in each phase, its voxels carried by their place."""
    index = np.argwhere(region.inside_zyx)[:, ::-1] + region.box_px[:3]
    places = region.geometry.world_from_index(index)
    return tuple(_mean_at(selection.volumes[phase], places) for phase in PHASES)


def _mean_at(volume: Volume, places_mm: NDArray[np.float64]) -> float:
    index = np.rint(grid_of(volume).index_from_world(places_mm)).astype(int)
    x, y, z = np.clip(index, 0, np.array(volume.shape_zyx[::-1]) - 1).T
    return float(volume.array_zyx[z, y, x].mean())
