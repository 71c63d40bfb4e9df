"""Active reading time from server times and browser events."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readerstudy.timing import STARTS, STOPS, BrowserEvent, Stretch, active_seconds

START = datetime(2024, 5, 1, 8, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """Return a moment on the server's clock."""
    return START + timedelta(seconds=seconds)


def stretch(seconds: float, *events: tuple[str, float], skew: float = 0.0) -> Stretch:
    """Return a stretch whose events the server receives at once, the browser's clock skewed."""
    seen = [BrowserEvent(kind, round((s + skew) * 1000), at(s)) for kind, s in events]
    return Stretch(START, at(seconds), seen)


def test_without_events_the_whole_stretch_counts() -> None:
    assert active_seconds([stretch(60)]) == 60


@pytest.mark.parametrize("skew", [0.0, 1e9, -1e6])
def test_time_away_is_left_out_whatever_the_browsers_clock_says(skew: float) -> None:
    events = [("alive", 1), ("blur", 10), ("focus", 25), ("idle", 40), ("active", 45)]
    assert active_seconds([stretch(60, *events, skew=skew)]) == 40


def test_overlapping_absences_count_once() -> None:
    events = [("blur", 10), ("pause", 15), ("focus", 20), ("resume", 30)]
    assert active_seconds([stretch(60, *events)]) == 40


def test_an_absence_without_end_lasts_to_the_end() -> None:
    assert active_seconds([stretch(60, ("pause", 50))]) == 50


def test_time_between_two_openings_is_left_out() -> None:
    later = Stretch(at(1000), at(1030), [])
    assert active_seconds([stretch(60), later]) == 90


def test_late_messages_do_not_move_what_happened() -> None:
    batch = [
        BrowserEvent("blur", 10_000, at(31)),
        BrowserEvent("focus", 20_000, at(31)),
        BrowserEvent("alive", 30_000, at(30)),
    ]
    assert active_seconds([Stretch(START, at(40), batch)]) == 30


KINDS = st.sampled_from([*STOPS, *STARTS, "alive", "images_loaded"])
EVENTS = st.lists(st.tuples(KINDS, st.integers(0, 2**40), st.floats(0, 100)), max_size=20)


@given(EVENTS, st.floats(0, 100))
@settings(max_examples=50, deadline=None)
def test_active_time_is_never_negative_and_never_more_than_the_wall_says(
    events: list[tuple[str, int, float]], seconds: float
) -> None:
    seen = [BrowserEvent(kind, at_ms, at(received)) for kind, at_ms, received in events]
    active = active_seconds([Stretch(START, at(seconds), seen)])

    assert 0 <= active <= seconds + 1e-6
