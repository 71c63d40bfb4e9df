"""docs/reports.md: its Python runs, and it names every drawing's analysis."""

import re

from readerstudy.reports import figures
from tests.conftest import REPOSITORY
from tests.unit.reports import sample

PAGE = (REPOSITORY / "docs" / "reports.md").read_text("utf-8")


def test_every_example_runs() -> None:
    known = {
        "protocol": sample.protocol(), "plan": sample.plan(), "result": None, "seal": "ab" * 32,
    }  # fmt: skip
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    for block in blocks:
        exec(compile(block, "docs/reports.md", "exec"), known)

    assert len(blocks) == 2
    assert known["pdf"].startswith(b"%PDF")
    assert known["picture"].startswith(b"%PDF")


def test_every_analysis_with_a_figure_is_named() -> None:
    assert all(f"`{kind}`" in PAGE for kind in figures.DRAWINGS)
