"""The export folder and its verification."""

import csv
import io
import json
from pathlib import Path

import pytest
from django.db import connection

from readerstudy.models import Answer, ReaderStudy
from readerstudy.reports.export import bundle, checksums
from readerstudy.reports.verify import verify
from tests.integration.cast import Cast
from webapp.core.errors import Conflict, InvalidInput

Files = dict[str, bytes]


def test_the_export_can_be_analysed_again_and_gives_the_same(
    done: ReaderStudy, tmp_path: Path
) -> None:
    from readerstudy.statistics.__main__ import main

    files = bundle(done, printed=False)
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    arguments = [f"--{name}={tmp_path / file}" for name, file in (
        ("readings", "readings.csv"), ("reference", "reference.csv"), ("plan", "plan.json"),
    )]  # fmt: skip

    assert main([*arguments, f"--output={tmp_path / 'again.json'}"]) == 0

    again = json.loads((tmp_path / "again.json").read_bytes())
    assert again == json.loads(files["result.json"])


def test_the_export_is_complete_and_pseudonymous(cast: Cast, done: ReaderStudy) -> None:
    files = bundle(done)

    tables = {name for name in files if name.startswith("tables/")}
    assert {"tables/tables.tex", "tables/tables.docx"} < tables
    assert set(files) - tables == {
        "protocol.json", "orders.csv", "readings.csv", "reference.csv", "answers.csv",
        "intervals.csv", "events.jsonl", "plan.json", "result.json", "codebook.csv",
        "SHA256SUMS", "README.txt",
        "report.html", "report.pdf", "interchange/rerun.py", "interchange/rerun.R",
        "interchange/bm/study.imrmc", "interchange/bm/mrmcaov.csv", "interchange/bm/rjafroc.xlsx",
    }  # fmt: skip
    assert files == bundle(done), "the same study gives the same bytes"
    everything = b"".join(files.values())
    assert b"example.org" not in everything
    assert cast["junior"].display_name.encode() not in everything
    assert b"junior@example.org" in bundle(done, names=True, printed=False)["readers.csv"]


def test_the_codebook_explains_every_column(done: ReaderStudy) -> None:
    files = bundle(done, names=True, printed=False)
    explained = {(row["file"], row["column"]) for row in rows_of(files["codebook.csv"])}

    own = [name for name in files if "/" not in name and name.endswith(".csv")]
    tables = [name for name in own if name != "codebook.csv"]
    columns = {(name, column) for name in tables for column in rows_of(files[name])[0]}
    assert explained == columns
    assert all(row["meaning"] for row in rows_of(files["codebook.csv"]))


def test_the_export_reports_how_long_readers_waited(done: ReaderStudy) -> None:
    rows = rows_of(bundle(done, printed=False)["intervals.csv"])

    assert len(rows) == 2 * 2  # readers x cases
    assert all(float(row["days"]) >= 28 and row["short"] == "0" for row in rows)


def rows_of(content: bytes) -> list[dict[str, str]]:
    """Return a CSV file's rows."""
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_an_untouched_export_verifies(done: ReaderStudy) -> None:
    verdict = verify(bundle(done))

    assert verdict.to_json() == {
        "plan": "identical",
        "audit": "intact",
        "protocol_sha256": done.protocol_sha256,
    }


def resealed(files: Files) -> Files:
    """Return files whose checksums were made to fit again, as a forger would."""
    return {**files, "SHA256SUMS": checksums(files)}


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("orders.csv", b"R01,1,unaided,1,", b"R01,1,unaided,9,", "position 1"),
        ("protocol.json", b'"washout_days": 28', b'"washout_days": 1', "protocol that was frozen"),
        ("plan.json", b'"alpha": 0.05', b'"alpha": 0.5', "plan.json"),
        ("result.json", b'"p_value": ', b'"p_value": 1', "result.json"),
        ("readings.csv", b",malignant,", b",benign,", "readings.csv is not"),
        ("reference.csv", b",benign,", b",malignant,", "reference.csv is not"),
        ("answers.csv", b"malignant", b"benign", "answers of reading"),
    ],
)
def test_a_forged_export_is_found_even_with_new_checksums(
    done: ReaderStudy, name: str, old: bytes, new: bytes, told: str
) -> None:
    files = bundle(done, printed=False)
    assert old in files[name]
    forged = {**files, name: files[name].replace(old, new, 1)}

    assert any("changed since" in line for line in verify(forged).differences)
    assert any(told in line for line in verify(resealed(forged)).differences)


def test_a_broken_chain_is_found_where_it_breaks(done: ReaderStudy) -> None:
    files = bundle(done, printed=False)
    lines = files["events.jsonl"].splitlines(keepends=True)
    forged = {**files, "events.jsonl": b"".join(lines[:4] + lines[5:])}

    assert verify(resealed(forged)).to_json()["audit"] == {"broken_at": 5}


@pytest.mark.parametrize("name", ["orders.csv", "result.json", "README.txt"])
def test_a_missing_or_added_file_is_found(done: ReaderStudy, name: str) -> None:
    files = bundle(done, printed=False)
    added = {**files, "more.txt": b"x"}
    if name == "README.txt":
        removed = {key: content for key, content in files.items() if key != name}
        assert verify(removed).differences == ("README.txt is missing.",)
    assert any("more.txt" in line for line in verify(added).differences)


@pytest.mark.parametrize("name", ["protocol.json", "events.jsonl", "plan.json"])
def test_damaged_files_end_in_a_sentence(done: ReaderStudy, name: str) -> None:
    with pytest.raises(InvalidInput, match="damaged"):
        verify({**bundle(done, printed=False), name: b"\xff{"})


def test_a_draft_can_not_be_exported(cast: Cast, draft: ReaderStudy) -> None:
    with pytest.raises(Conflict, match="draft"):
        bundle(draft)


def test_verification_notices_a_changed_database(cast: Cast, done: ReaderStudy) -> None:
    """Somebody with the database's own rights can change an answer, but not unnoticed."""
    victim = Answer.objects.filter(question__key="bm").first()
    assert victim is not None
    with connection.cursor() as cursor:
        suffix = ""
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else the table is still busy
            suffix = " ON readerstudy_answer"
        cursor.execute(f"DROP TRIGGER readerstudy_answer_no_update{suffix}")
    Answer.objects.filter(pk=victim.pk).update(value="no_lesion")

    assert any(
        str(victim.reading_id) in line for line in verify(bundle(done, printed=False)).differences
    )
