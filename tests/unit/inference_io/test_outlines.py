"""Outlines drawn by a person, from a file."""

import json
from pathlib import Path

import pytest

from inference.contracts import Outline
from inference.errors import UnusableInput
from inference.io import read_outlines

TRIANGLE = [[1, 2], [5, 2], [3, 6]]
CORNERS = ((1.0, 2.0), (5.0, 2.0), (3.0, 6.0))


def written(folder: Path, content: object) -> Path:
    path = folder / "outline.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def test_both_forms_of_the_contract(tmp_path: Path) -> None:
    frame = {"frame": 7, "polygon": TRIANGLE}
    assert read_outlines(written(tmp_path, frame)) == (Outline(CORNERS, frame=7),)
    still = {"lesion": TRIANGLE, "background": TRIANGLE}
    second = {**still, "image": 1}
    assert read_outlines(written(tmp_path, [still, second])) == (
        Outline(CORNERS, CORNERS),
        Outline(CORNERS, CORNERS, image=1),
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "isn't JSON"),
        ([], "holds no outline"),
        ([3], "JSON object"),
        ({"frame": 1}, "lacks its polygon"),
        ({"polygon": TRIANGLE[:2]}, "found 2"),
        ({"polygon": [[1, 2], [3], [4, 5]]}, "pairs"),
        ({"polygon": "triangle"}, "pairs"),
        ({"polygon": [[1, 2], [3, None], [4, 5]]}, "pairs"),
        ('{"polygon": [[1, 2], [NaN, 4], [4, 5]]}', "finite"),
        ({"polygon": TRIANGLE, "frame": 1.5}, "whole number"),
        ({"polygon": TRIANGLE, "frame": -1}, "count from 0"),
    ],
)
def test_mistakes_end_in_a_sentence(tmp_path: Path, content: object, words: str) -> None:
    with pytest.raises(UnusableInput, match=words):
        read_outlines(written(tmp_path, content))


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="doesn't exist"):
        read_outlines(tmp_path / "none.json")
