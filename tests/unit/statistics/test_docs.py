"""docs/statistics.md: every worked example is run, every analysis type has one."""

import pytest

from readerstudy.statistics.registry import analysis_types
from tests.unit.statistics.worked_examples import (
    PAGE,
    mcnemar_table,
    read_examples,
    rounded,
    run_example,
)

TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = read_examples(TEXT)


def test_every_analysis_type_has_a_worked_example():
    assert {example.analysis["type"] for example in EXAMPLES} == set(analysis_types())


def test_every_type_is_named_among_the_questions():
    questions = TEXT.partition("## Which analysis")[2].partition("\n## ")[0]
    assert [name for name in analysis_types() if f"`{name}`" not in questions] == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example.analysis["type"]))
def test_a_worked_example_gives_what_the_page_says(example):
    found = run_example(example.study, example.analysis)
    shown = {key: rounded(found[key]) for key in example.shown}
    assert shown == example.shown


def test_the_table_of_mcnemar_tests_is_the_computed_one():
    assert mcnemar_table() in TEXT
