"""The demo's clock: only in demo mode, only forward, said on every page."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.integration.cast import BACKEND, build_people
from webapp.core.clock import SystemClock, current_clock
from webapp.core.errors import InvalidInput, NotFound
from webapp.operations.services import move_demo_clock

pytestmark = pytest.mark.django_db


def test_there_is_none_outside_the_demo() -> None:
    with pytest.raises(NotFound):
        move_demo_clock(days="28", actor=None)
    assert isinstance(current_clock(), SystemClock)


def test_it_moves_forward_and_every_page_says_so(settings: Settings, client: Client) -> None:
    settings.DEMO = True
    client.force_login(build_people()["junior"], backend=BACKEND)
    client.post("/demo/clock/", {"days": "28", "next": "/worklist/"})
    assert timedelta(days=27) < current_clock().now() - SystemClock().now() <= timedelta(days=28)
    assert "+28 days" in client.get("/").content.decode()


@pytest.mark.parametrize("days", ["", "0", "-1", "366", "9999", "2.5", "x", "²"])
def test_impossible_steps_are_refused(settings: Settings, days: str) -> None:
    settings.DEMO = True
    with pytest.raises(InvalidInput, match="1 to 365"):
        move_demo_clock(days=days, actor=None)


def test_it_does_not_lead_elsewhere(settings: Settings, client: Client) -> None:
    settings.DEMO = True
    client.force_login(build_people()["junior"], backend=BACKEND)
    answer = client.post("/demo/clock/", {"days": "1", "next": "https://example.org/"})
    assert answer["Location"] == "/"
