"""The cast and one case of the clinician's."""

import pytest

from tests.integration.cast import Cast, build_people
from tests.integration.jobs.samples import make_case
from webapp.imaging.models import Case


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody, at the cast's own time."""
    return build_people()


@pytest.fixture
def case(cast: Cast) -> Case:
    """A CT case that the clinician has uploaded."""
    return make_case(cast["clinician"], cast.clock)
