"""The cast, a case with a finished run, and a question on it."""

import pytest

from inference.jobs.models import InferenceJob
from tests.integration.cast import Cast, build_people
from tests.integration.jobs.stage import add_jobs
from webapp.accounts.models import Role
from webapp.accounts.services import create_user
from webapp.imaging.models import Case
from webapp.opinions.models import OpinionRequest
from webapp.opinions.services import request_opinion


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody, a second radiologist, and the clinician's case with a finished run."""
    cast = build_people()
    for name, role in (("colleague", Role.RADIOLOGIST), ("stranger", Role.CLINICIAN)):
        cast.people[name] = create_user(
            email=f"{name}@example.org",
            display_name=name.title(),
            roles=[role],
            actor=None,
            clock=cast.clock,
            password="another-password-of-tests",
        )
    add_jobs(cast)
    return cast


@pytest.fixture
def case(cast: Cast) -> Case:
    """The clinician's case."""
    return Case.objects.get(pk=cast.things["case_id"])


@pytest.fixture
def job(cast: Cast) -> InferenceJob:
    """The finished run on it."""
    return InferenceJob.objects.get(pk=cast.things["job_id"])


@pytest.fixture
def opinion(cast: Cast, case: Case) -> OpinionRequest:
    """The clinician's question."""
    return request_opinion(
        case=case,
        question="Benign or malignant?",
        urgent=False,
        actor=cast["clinician"],
        clock=cast.clock,
    )
