"""The cast, and a study of four cases and three readers in each state."""

import pytest

from readerstudy.models import ReaderStudy
from readerstudy.services.ending import lock, unblind
from readerstudy.simulation import simulate
from tests.integration.cast import Cast, build_people
from tests.integration.readerstudy.stage import draft_study, frozen_study


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody, at the cast's own time."""
    return build_people()


@pytest.fixture
def draft(cast: Cast) -> ReaderStudy:
    """A study that is ready to be frozen."""
    return draft_study(cast)


@pytest.fixture
def study(cast: Cast) -> ReaderStudy:
    """A frozen study: unaided, then aided after 28 days."""
    return frozen_study(cast)


@pytest.fixture
def read(cast: Cast) -> ReaderStudy:
    """A small study that simulated readers have read to the end."""
    study = frozen_study(cast, truths=("HCC", "FNH"), readers=("junior", "senior"))
    assert simulate(study=study, seed=1, clock=cast.clock) == 8
    study.refresh_from_db()
    return study


@pytest.fixture
def done(cast: Cast, read: ReaderStudy) -> ReaderStudy:
    """An unblinded study."""
    lock(study=read, actor=cast["coordinator"], clock=cast.clock)
    return unblind(study=read, actor=cast["coordinator"], clock=cast.clock)
