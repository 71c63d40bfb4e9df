"""LiLNet's phases compared over several training seeds (paper, "AP, PVP and both")."""

from collections.abc import Mapping, Sequence

import numpy as np

from inference.evaluation.bootstrap import Interval
from inference.evaluation.classification import Scored, compare
from inference.evaluation.lilnet_summary import PHASE_SETS
from inference.io.cohort import TruthRow
from inference.pipelines.lilnet_ct.configuration import LEAVES
from inference.pipelines.lilnet_ct.predict import LesionEvidence

Evidence = Mapping[str, LesionEvidence | None]
"""What one lesion's images say, by set of phases."""


def by_seed(
    rows: Sequence[TruthRow], runs: Sequence[Sequence[Evidence]]
) -> dict[str, dict[str, Interval]]:
    """Return accuracy and macro AUC of each set of phases, and what both phases gain.

    Lesions that lack a phase are left out.

    Parameters
    ----------
    rows
        Lesions.
    runs
        For each seed, the evidence of each lesion; metrics are averaged over the seeds.
    """
    complete = [n for n in range(len(rows)) if all(own is not None for own in runs[0][n].values())]
    if not complete:
        return {}
    kept = tuple(rows[n] for n in complete)

    def scored(run: Sequence[Evidence], phases: str) -> Scored:
        said = [list(_there(run[n][phases]).probabilities().values()) for n in complete]
        return Scored(LEAVES, kept, np.array(said))

    tables = {phases: [scored(run, phases) for run in runs] for phases in PHASE_SETS}
    return compare(tables, PHASE_SETS[0])


def _there(evidence: LesionEvidence | None) -> LesionEvidence:
    assert evidence is not None
    return evidence
