"""Phantoms of two carcinomas: balanced, with missing phases, alike on the whole."""

from collections import Counter
from pathlib import Path

import numpy as np

from inference.io.cohort import labelled_exams
from inference.phantoms import PhantomSize, phantom_cases, write_cohort
from inference.phantoms.fourphase import PHASE_SETS
from inference.phantoms.kinetics import PHASES
from inference.pipelines.fourphase_ct.select import select_volumes

SMALL = PhantomSize(rows=96, slices=16)


def test_classes_are_balanced_and_every_case_can_be_run() -> None:
    cases = list(phantom_cases("fourphase_ct", 40, 5, SMALL))
    assert Counter(case.truth()[0].truth for case in cases) == {"HCC": 20, "ICC": 20}
    sets = Counter(case.truth()[0].phases for case in cases)
    assert set(sets) == {tuple(phases) for phases in PHASE_SETS}
    assert sets[tuple(PHASES)] > 15


def test_files_have_the_phases_the_truth_states(tmp_path: Path) -> None:
    write_cohort("fourphase_ct", 4, 6, tmp_path, SMALL)
    for exam, rows in labelled_exams(tmp_path):
        selection = select_volumes(exam)
        assert tuple(phase.value for phase in selection.phases) == rows[0].phases


def test_a_shell_darkens_the_core_so_that_the_mean_says_little() -> None:
    means: dict[str, list[float]] = {"HCC": [], "ICC": []}
    for case in phantom_cases("fourphase_ct", 300, 8, SMALL):
        for lesion in case.lesions:
            look = lesion.looks[PHASES[1]]
            inner = (1 - look.rim_width) ** 3
            liver = case.levels[PHASES[1]]
            mean = look.core + look.rim * (1 - inner) - liver[list(liver)[10]]
            means[lesion.class_code].append(mean)
    difference = np.mean(means["HCC"]) - np.mean(means["ICC"])
    spread = np.std(means["HCC"])
    assert 0 < difference < 0.6 * spread
