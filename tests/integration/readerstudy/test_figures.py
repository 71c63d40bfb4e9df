"""Figures on the results page: each analysis that has some shows them, in every form."""

import re

from django.urls import reverse

from readerstudy.models import ReaderStudy
from readerstudy.reports import plots
from readerstudy.selectors.results import results
from tests.integration.cast import Cast


def test_every_figure_is_shown_and_can_be_fetched(cast: Cast, done: ReaderStudy) -> None:
    client = cast.client("coordinator")
    page = client.get(reverse("readerstudy:results", args=[done.pk])).content.decode()

    shown = re.findall(r'<img src="([^"]+)"', page)
    assert len(shown) == len(plots.drawable(results(done)))
    response = client.get(shown[0])
    assert response["Content-Type"] == "image/svg+xml"
    assert b"<svg" in response.content


def test_forms_and_drawings_that_do_not_exist_are_not_found(cast: Cast, done: ReaderStudy) -> None:
    client = cast.client("coordinator")
    address = reverse("readerstudy:figure", args=[done.pk, "bm_accuracy", "png"])

    assert client.get(f"{address}?drawing=radar").content.startswith(b"\x89PNG")
    assert client.get(f"{address}?drawing=pie").status_code == 404
    assert client.get(address.replace(".png", ".gif")).status_code == 404
    assert client.get(address.replace("bm_accuracy", "nothing")).status_code == 404
