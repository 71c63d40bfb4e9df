"""The codes of refusals: closed, documented, each with a sentence."""

import re

import pytest

from tests.conftest import REPOSITORY
from webapp.imaging.registration import NOTICES
from webapp.imaging.rejection import QUARANTINED, SENTENCES, Code, Refusal

DOCUMENT = (REPOSITORY / "docs/ingest.md").read_text("utf-8")
VALUES = dict.fromkeys(
    ("limit", "size", "detail", "kind", "uid", "found", "expected", "case"), "7"
)  # what sentences may name


def test_the_document_lists_exactly_the_codes() -> None:
    assert re.findall(r"^\| `(\w+)` \|", DOCUMENT, re.MULTILINE) == [code.value for code in Code]


def test_the_document_lists_the_warnings() -> None:
    assert all(f"`{code}`" in DOCUMENT for code in NOTICES)


@pytest.mark.parametrize("code", list(Code))
def test_every_code_has_a_plain_sentence(code: Code) -> None:
    sentence = Refusal(code, **VALUES).sentence
    assert sentence[0].isupper() and sentence.endswith(".") and "%" not in sentence
    assert Refusal(code, **VALUES).to_json("a/b") == {
        "file": "a/b",
        "code": code.value,
        "reason": sentence,
    }


def test_held_back_files_say_what_to_do() -> None:
    assert set(SENTENCES) == set(Code)
    for code in QUARANTINED:
        assert "upload it again" in Refusal(code).sentence
