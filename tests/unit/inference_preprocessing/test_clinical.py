"""Clinical values: units are checked, words are closed, headers fill in, gaps are said."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from inference.contracts import ClinicalValue, Exam
from inference.io.clinical import read_clinical
from inference.phantoms.clinical import write_clinical
from inference.preprocessing.clinical import read_variables
from inference.registry.spec import ClinicalVariable

VARIABLES = (
    ClinicalVariable("age", "years"),
    ClinicalVariable("sex", values=("F", "M")),
    ClinicalVariable("AFP", "ng/mL"),
    ClinicalVariable("hepatitis", values=("yes", "no")),
)


def exam(values: Mapping[str, tuple[str, str]], **header: object) -> Exam:
    clinical = {name: ClinicalValue(*entry) for name, entry in values.items()}
    return Exam("case", clinical=clinical, **header)  # type: ignore[arg-type]


def test_numbers_words_and_headers() -> None:
    given = exam({"AFP": ("12.5", "NG/ML"), "hepatitis": ("Yes", "")}, age_years=61, sex="F")
    reading = read_variables(given, VARIABLES)
    assert reading.numbers == {"age": 61.0, "AFP": 12.5}
    assert reading.words == {"sex": "F", "hepatitis": "yes"}
    assert reading.missing == () and reading.warnings == ()


def test_the_table_wins_over_the_header() -> None:
    reading = read_variables(exam({"age": ("70", "years")}, age_years=61), VARIABLES)
    assert reading.numbers["age"] == 70


@pytest.mark.parametrize(
    ("values", "code", "words"),
    [
        ({"AFP": ("12", "ug/L")}, "bad_clinical_value", "unit of AFP is ug/L"),
        ({"AFP": ("high", "ng/mL")}, "bad_clinical_value", "isn't a number"),
        ({"AFP": ("nan", "")}, "bad_clinical_value", "isn't a number"),
        ({"hepatitis": ("maybe", "")}, "bad_clinical_value", "isn't one of yes, no"),
        ({"shoe_size": ("43", "")}, "unknown_clinical", "doesn't use shoe_size"),
        ({}, "missing_clinical", "age, sex, AFP, hepatitis"),
    ],
)
def test_what_cannot_be_used_is_said(
    values: Mapping[str, tuple[str, str]], code: str, words: str
) -> None:
    reading = read_variables(exam(values), VARIABLES)
    notices = {notice.code: notice.message for notice in reading.warnings}
    assert words in notices[code]
    assert "AFP" in reading.missing


def test_a_written_table_reads_back(tmp_path: Path) -> None:
    values = {"age": ClinicalValue("61", "years"), "hepatitis": ClinicalValue("yes")}
    write_clinical(tmp_path, "case", values)
    assert read_clinical(tmp_path / "clinical.csv") == {"case": values}
