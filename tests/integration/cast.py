"""A fixed cast over two parallel reader studies, for tests of who may do what.

Everybody of the demo plays; ``coordinator2`` and ``junior2`` belong to the second study only, so
that whatever leaks from one study to the other shows.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.test import Client

from webapp.accounts.demo import DEMO_CAST
from webapp.accounts.models import User
from webapp.accounts.services import create_user
from webapp.core.clock import MovableClock

START = datetime(2024, 5, 1, 8, 0, tzinfo=UTC)
PASSWORD = "a-password-of-the-tests"
ANONYMOUS = "anonymous"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass
class Cast:
    """The people by the first part of their demo address, and the clock they live by.

    `things` holds the keys of what they work on, by the name of the URL argument.
    """

    clock: MovableClock
    people: dict[str, User] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> User:
        return self.people[name]

    def client(self, name: str) -> Client:
        """A browser signed in as `name`; errors nobody foresaw come back as answer 500."""
        client = Client(raise_request_exception=False)
        if name != ANONYMOUS:
            client.force_login(self.people[name], backend=BACKEND)
        return client


def build_people(clock: MovableClock | None = None) -> Cast:
    """Store the people."""
    clock = clock or MovableClock(START)
    cast = Cast(clock)
    for login in DEMO_CAST:
        cast.people[login.email.partition("@")[0]] = create_user(
            email=login.email,
            display_name=login.display_name,
            roles=[login.role],
            actor=None,
            clock=clock,
            password=PASSWORD,
        )
    return cast


def build_cast() -> Cast:
    """Store the people and everything they work on."""
    from tests.integration.imaging.stage import add_images
    from tests.integration.jobs.stage import add_jobs
    from tests.integration.opinions.stage import add_opinions
    from tests.integration.readerstudy.stage import add_studies

    cast = build_people()
    add_jobs(cast)
    add_opinions(cast)
    add_studies(cast)
    add_images(cast)
    return cast
