"""Published figures come out as printed, and a wrong one would be noticed."""

import csv
from dataclasses import replace

import pytest

from readerstudy.statistics.__main__ import main
from readerstudy.statistics.validation import Check, published_checks, table
from readerstudy.statistics.validation.data import (
    FLEISS_1971,
    FLEISS_CATEGORIES,
    VAN_DYKE,
    VAN_DYKE_NEGATIVES,
    van_dyke_rows,
)


@pytest.fixture(scope="module")
def checks():
    return published_checks()


def test_every_published_figure_comes_out_as_printed(checks):
    assert len(checks) > 60
    assert [str(check) for check in checks if not check.agrees] == []
    assert {check.data for check in checks} >= {"Van Dyke 1993", "Fleiss 1971", "Krippendorff"}
    assert all(check.origin for check in checks)


def test_a_difference_in_the_last_printed_digit_is_noticed():
    check = Check("data", "figure", "0.052", 0.0516, "somewhere")
    assert check.agrees
    assert check.digits == 3
    assert not replace(check, value=0.0514).agrees
    assert not replace(check, published="0.053").agrees
    assert "DIFFERS" in table([replace(check, value=0.06)])


def test_the_command_prints_the_table_and_succeeds(capsys, checks):
    assert main(["validate"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(checks) + 1
    assert "4.456318693157" in "\n".join(lines)


def test_the_command_fails_when_a_figure_differs(monkeypatch, capsys):
    wrong = Check("data", "figure", "1.0", 2.0, "somewhere")
    monkeypatch.setattr("readerstudy.statistics.__main__.published_checks", lambda: [wrong])
    assert main(["validate"]) == 1
    assert "DIFFERS" in capsys.readouterr().out


def test_the_typed_van_dyke_ratings_are_the_published_ones(shared_data):
    with (shared_data / "statistics" / "vandyke_ratings.csv").open(encoding="utf-8") as stream:
        lines = list(csv.DictReader(stream))
    assert len(lines) == sum(map(len, VAN_DYKE.values()))
    for line in lines:
        number = int(line["case"])
        assert VAN_DYKE[line["reader"], line["treatment"]][number - 1] == line["rating"]
        assert (line["truth"] == "1") == (number > VAN_DYKE_NEGATIVES)


def test_the_typed_fleiss_counts_are_the_published_ones(shared_data):
    with (shared_data / "statistics" / "fleiss1971_diagnoses.csv").open(encoding="utf-8") as stream:
        lines = [list(line.values())[1:] for line in csv.DictReader(stream)]
    counts = [[line.count(name) for name in FLEISS_CATEGORIES] for line in lines]
    assert FLEISS_1971.tolist() == counts


def test_nesting_gives_cases_codes_of_their_own():
    cases = {kind: len(van_dyke_rows(kind)[1]) for kind in ("crossed", "reader", "arm")}
    assert cases == {"crossed": 114, "reader": 570, "arm": 228}
