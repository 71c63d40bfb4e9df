"""Simulated readers take turns while the clock moves."""

from readerstudy.models import Reading, ReadingState
from readerstudy.simulation import simulate
from tests.integration.cast import Cast
from tests.integration.readerstudy.stage import frozen_study


def test_a_case_that_falls_due_while_others_read_comes_first(cast: Cast) -> None:
    study = frozen_study(cast, truths=("HCC", "FNH", "MET", "CYST") * 5)

    assert simulate(study=study, seed=1, clock=cast.clock) == 120
    assert Reading.objects.filter(state=ReadingState.COMMITTED).count() == 120
