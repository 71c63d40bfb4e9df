"""The movable clock and the log filter."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from webapp.core.clock import MovableClock
from webapp.core.logging import NoPersonalData


def test_a_clock_only_moves_forward() -> None:
    clock = MovableClock(datetime(2026, 1, 5, tzinfo=UTC))
    clock.advance(timedelta(days=28))
    assert clock.now() == datetime(2026, 2, 2, tzinfo=UTC)
    with pytest.raises(ValueError, match="forward"):
        clock.advance(timedelta(seconds=-1))


@pytest.mark.parametrize("planted", ["DOE^JANE", "Müller^Änne", "jane.doe@example.org"])
def test_names_and_addresses_never_reach_the_log(planted: str) -> None:
    try:
        raise ValueError(f"cannot read {planted}")
    except ValueError as error:
        exception = (type(error), error, error.__traceback__)
    record = logging.LogRecord("x", 40, "f", 1, "bad file of %s", (planted,), exception)
    assert NoPersonalData().filter(record)
    line = logging.Formatter("%(message)s").format(record)
    assert planted not in line
    assert "[removed]" in line
