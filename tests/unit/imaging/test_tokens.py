"""Frame tokens hold for one series, one session and one minute, and say nothing to others."""

from datetime import UTC, datetime, timedelta
from string import ascii_letters
from uuid import UUID, uuid4

import pytest
from django.test import RequestFactory
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.core.errors import Forbidden
from webapp.imaging import tokens
from webapp.imaging.tokens import Grant

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
SUBJECT, SERIES = UUID(int=7), UUID(int=9)
BOUND = tokens.binding(RequestFactory().get("/", headers={"Authorization": "Token x"}))


def issued(**changed: object) -> str:
    values: dict[str, object] = {
        "subject": SUBJECT, "series": SERIES, "revision": 41, "opaque_id": "abc",
        "binding": BOUND, "now": NOW,
    }  # fmt: skip
    return tokens.issue(**{**values, **changed})  # type: ignore[arg-type]


def refused(token: str, **changed: object) -> bool:
    values: dict[str, object] = {"opaque_id": "abc", "binding": BOUND, "now": NOW}
    try:
        tokens.verify(token, **{**values, **changed})  # type: ignore[arg-type]
    except Forbidden:
        return True
    return False


@settings(max_examples=30, deadline=None)
@given(subject=st.uuids(), series=st.uuids(), revision=st.integers(0, 2**32 - 1), name=st.text())
def test_what_goes_in_comes_out(subject: UUID, series: UUID, revision: int, name: str) -> None:
    token = issued(subject=subject, series=series, revision=revision, opaque_id=name)
    found = tokens.verify(token, opaque_id=name, binding=BOUND, now=NOW)
    assert found == Grant(subject, series, revision)


def test_it_runs_out_after_a_minute_at_most() -> None:
    token = issued()
    assert not refused(token, now=NOW + timedelta(seconds=59))
    assert refused(token, now=NOW + timedelta(seconds=60))
    with pytest.raises(ValueError):
        issued(lifetime=timedelta(seconds=61))


def test_it_holds_for_its_series_and_session_only() -> None:
    token = issued()
    assert refused(token, opaque_id="abd")
    assert refused(token, binding="0" * 64)
    assert refused("")
    assert refused("äöü")


def test_one_changed_letter_is_enough() -> None:
    token = issued()
    for n in range(len(token)):
        assert refused(token[:n] + ("A" if token[n] != "A" else "B") + token[n + 1 :])
    alike = (letter for letter in ascii_letters if letter != token[-1])
    assert all(refused(token[:-1] + letter) for letter in alike)
    assert refused(f"{token[:5]}.{token[5:]}")


def test_two_tokens_for_the_same_have_nothing_in_common() -> None:
    one, other = (issued(series=uuid4()) for _ in range(2))
    assert one != other
    again = issued(), issued()
    assert again[0][:16] != again[1][:16] and again[0][16:60] != again[1][16:60]


def test_it_is_bound_to_the_cookie_or_the_api_token() -> None:
    make = RequestFactory().get
    by_cookie, by_other, by_token = make("/"), make("/"), make("/", headers={"Authorization": "T"})
    by_cookie.COOKIES["sessionid"] = "a"
    by_other.COOKIES["sessionid"] = "b"
    assert len({tokens.binding(each) for each in (by_cookie, by_other, by_token)}) == 3
