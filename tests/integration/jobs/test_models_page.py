"""The models page: what is on, what can't run, who may switch."""

import pytest

from inference.jobs import systems
from inference.jobs.models import SystemSetting
from inference.registry import catalogue
from tests.integration.cast import Cast


def test_page_shows_every_system_of_the_catalogue(cast: Cast) -> None:
    page = cast.client("admin").get("/models/").content.decode()
    for spec in catalogue():
        assert spec.title in page
    assert page.count("not built yet") == sum(not spec.available for spec in catalogue())


def test_switching_is_stored_and_shown(cast: Cast) -> None:
    client = cast.client("admin")
    client.post("/models/lilnet_ct/enabled/", {"enabled": "0"})
    assert SystemSetting.objects.get().changed_by == cast["admin"]
    assert "switched off" in client.get("/models/").content.decode()
    client.post("/models/lilnet_ct/enabled/", {"enabled": "1"})
    assert "switched off" not in client.get("/models/").content.decode()


def test_card_is_the_readme(cast: Cast) -> None:
    page = cast.client("clinician").get("/models/lilnet_ct/").content.decode()
    first_line = systems.card(systems.find("lilnet_ct")).splitlines()[0].lstrip("# ")
    assert first_line in page


@pytest.mark.parametrize("system", ["nonsense", "no-such"])
def test_unknown_system_ends_in_a_sentence(cast: Cast, system: str) -> None:
    answer = cast.client("admin").get(f"/models/{system}/")
    assert answer.status_code == 400
    assert "There is no system" in answer.content.decode()
