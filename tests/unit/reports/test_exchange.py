"""Interchange files of an export."""

from readerstudy.reports.exchange import exchange
from tests.unit.reports import sample


def test_rated_tasks_get_a_folder_without_the_ai() -> None:
    found = exchange(sample.readings(), sample.reference(), sample.plan(), "A study")

    assert set(found.files) == {
        "interchange/rerun.py", "interchange/rerun.R", "interchange/bm/study.imrmc",
        "interchange/bm/mrmcaov.csv", "interchange/bm/rjafroc.xlsx",
    }  # fmt: skip
    assert found.refused == ()
    table = found.files["interchange/bm/mrmcaov.csv"].decode()
    assert "R3" in table
    assert "AI" not in table


def test_without_ratings_there_is_nothing_to_exchange() -> None:
    unrated = [row | {"rating": None} for row in sample.readings()]

    found = exchange(unrated, sample.reference(), sample.plan(), "A study")

    assert found.files == {}
    assert found.refused == ()


def test_a_format_that_can_not_tell_the_data_is_named_with_its_reason() -> None:
    twice = [*sample.readings(), *(row | {"period": 3} for row in sample.readings()[:2])]

    found = exchange(twice, sample.reference(), sample.plan(), "A study")

    assert any("twice" in reason for reason in found.refused)
