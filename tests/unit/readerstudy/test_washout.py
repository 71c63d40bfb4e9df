"""When a case may come again, and which one comes next."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from readerstudy.design.washout import Next, Waiting, due_after, next_in_order

START = datetime(2024, 3, 1, 12, 0, tzinfo=UTC)
HOURS = st.integers(-2000, 2000).map(lambda hours: START + timedelta(hours=hours))


def test_days_are_spans_of_24_hours() -> None:
    # 31 March 2024: Europe moves its clocks; 28 x 24 h don't care.
    assert due_after(START, 28) == datetime(2024, 3, 29, 12, 0, tzinfo=UTC)
    assert due_after(datetime(2024, 3, 20, 23, 30, tzinfo=UTC), 28) == datetime(
        2024, 4, 17, 23, 30, tzinfo=UTC
    )


def test_a_case_never_read_is_due_at_once() -> None:
    assert due_after(None, 28) is None
    assert next_in_order([Waiting("a", None)], START) == Next("a", None)


def test_nothing_left_means_no_date() -> None:
    assert next_in_order([], START) == Next(None, None)


def test_the_moment_itself_counts_as_elapsed() -> None:
    due = due_after(START, 28)
    assert due is not None
    just_before = due - timedelta(microseconds=1)
    assert next_in_order([Waiting("a", due)], just_before) == Next(None, due)
    assert next_in_order([Waiting("a", due)], due) == Next("a", None)


@given(st.lists(st.none() | HOURS, max_size=20), HOURS)
@settings(max_examples=50, deadline=None)
def test_the_first_due_one_in_order_comes_next(dates: list[datetime | None], now: datetime) -> None:
    found = next_in_order([Waiting(n, due) for n, due in enumerate(dates)], now)

    due_now = [n for n, due in enumerate(dates) if due is None or due <= now]
    if due_now:
        assert found == Next(due_now[0], None)
    else:
        assert found == Next(None, min(dates, default=None))  # type: ignore[type-var]
