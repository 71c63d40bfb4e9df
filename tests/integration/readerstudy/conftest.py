"""The cast, and a study of four cases and three readers in each state."""

import pytest

from readerstudy.models import ReaderStudy
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
