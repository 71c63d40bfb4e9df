"""The export folder: everything that is needed to check and repeat a study."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from readerstudy.models import Answer, ReaderStudy, StudyState
from readerstudy.protocol.check import REASON
from readerstudy.reports import codebook as book
from readerstudy.reports import document
from readerstudy.reports.exchange import exchange
from readerstudy.reports.tables import tables_of
from readerstudy.reports.tables.files import table_files
from readerstudy.selectors.intervals import interval_rows
from readerstudy.selectors.progress import order_table
from readerstudy.selectors.protocols import frozen_plan
from readerstudy.selectors.results import results
from readerstudy.selectors.rows import readings_rows, reference_rows
from webapp.core import audit
from webapp.core.errors import Conflict

CHECKSUMS = "SHA256SUMS"
Files = dict[str, bytes]


def bundle(study: ReaderStudy, *, names: bool = False, printed: bool = True) -> Files:
    """Return the files of the export by path.

    Readings and reference standard come with unblinding only: together they would show how right
    the readers are.

    Parameters
    ----------
    names
        Add ``readers.csv``, the key to the pseudonyms.
    printed
        Add the report, which takes seconds to print; for people only, no check needs it.

    Raises
    ------
    Conflict
        If the study is a draft: nothing is settled yet.
    """
    if study.is_draft:
        raise Conflict(_("A draft can't be exported; freeze the study first."), code="not_frozen")
    columns = [*book.ORDERS, *book.INTERVALS]
    protocol = dict(study.frozen_protocol or {})
    files: Files = {
        "protocol.json": book.as_json(protocol),
        "orders.csv": book.as_csv(book.ORDERS, order_table(study)),
        "intervals.csv": book.as_csv(book.INTERVALS, interval_rows(study)),
        "events.jsonl": _events(study),
        "plan.json": book.as_json(frozen_plan(study)),
    }
    readme = _head(study)
    if study.state == StudyState.UNBLINDED:
        opened, told = _opened(study, columns)
        files |= opened
        readme += told
        if printed:
            files |= _printed(study)
    else:
        readme += ["", "Readings and reference standard are added once the study is unblinded."]
    if names:
        files["readers.csv"] = book.as_csv(book.READERS, _reader_key(study))
        columns += book.READERS
    files["codebook.csv"] = book.codebook(columns)
    readme += ["", "Check this folder: manage.py study verify FOLDER", ""]
    files["README.txt"] = "\n".join(readme).encode()
    files[CHECKSUMS] = checksums(files)
    return files


def _opened(study: ReaderStudy, columns: list[book.Column]) -> tuple[Files, list[str]]:
    """Return what unblinding adds and what the README says of it; note its columns."""
    readings, reference = readings_rows(study), reference_rows(study)
    strata = book.strata(_stratum_names(reference))
    columns += [*book.READINGS, *book.REFERENCE, *strata, *book.ANSWERS]
    plan, result = frozen_plan(study), results(study)
    others = exchange(readings, reference, plan, study.title)
    printed = table_files(tables_of(result, plan))
    files = {
        "readings.csv": book.as_csv(book.READINGS, readings),
        "reference.csv": book.as_csv((*book.REFERENCE, *strata), reference),
        "answers.csv": book.as_csv(book.ANSWERS, _answers(study)),
        "result.json": book.as_json(result),
        **{f"tables/{name}": content for name, content in printed.items()},
        **others.files,
    }
    told = [*_OPENED]
    if others.files:
        told += ["", *_EXCHANGED]
    return files, told + [f"  not written: {reason}" for reason in others.refused]


def _printed(study: ReaderStudy) -> Files:
    """Return the plan and the results as documents."""
    written = document.report(
        dict(study.frozen_protocol or {}),
        frozen_plan(study),
        results(study),
        protocol_sha256=study.protocol_sha256,
    )
    return {
        "report.html": document.as_html(written).encode(),
        "report.pdf": document.as_pdf(written),
    }


def zipped(study: ReaderStudy) -> bytes:
    """Return the export folder as a ZIP file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(bundle(study).items()):
            archive.writestr(name, content)
    return buffer.getvalue()


def checksums(files: Files) -> bytes:
    """Return the lines of ``SHA256SUMS``, as sha256sum reads them."""
    lines = [
        f"{hashlib.sha256(content).hexdigest()}  {name}\n"
        for name, content in sorted(files.items())
        if name != CHECKSUMS
    ]
    return "".join(lines).encode()


def _events(study: ReaderStudy) -> bytes:
    rows = audit.rows(audit.study_chain(study.pk))
    lines = (json.dumps(row, sort_keys=True, ensure_ascii=False) for row in rows)
    return "".join(f"{line}\n" for line in lines).encode()


def _stratum_names(reference: list[dict[str, Any]]) -> list[str]:
    fixed = {column.column for column in book.REFERENCE}
    return [key for key in (reference[0] if reference else {}) if key not in fixed]


def _answers(study: ReaderStudy) -> Iterator[dict[str, Any]]:
    given = Answer.objects.filter(reading__assignment__study_case__study=study).select_related(
        "question", "reading__assignment__period__reader", "reading__assignment__study_case"
    )
    for answer in given.order_by(
        "reading__assignment__period__reader__number",
        "reading__assignment__period__number",
        "reading__assignment__position",
        "question__number",
        "revision",
    ):
        assignment = answer.reading.assignment
        yield {
            "reading": answer.reading_id,
            "reader": assignment.period.reader.pseudonym,
            "period": assignment.period.number,
            "case": assignment.study_case.code,
            "question": answer.question.key if answer.question else REASON,
            "revision": answer.revision,
            "value": json.dumps(answer.value, ensure_ascii=False),
            "at": answer.at.isoformat(),
        }


def _reader_key(study: ReaderStudy) -> Iterator[dict[str, str]]:
    for reader in study.readers.select_related("user").order_by("number"):
        yield {"reader": reader.pseudonym, "user": reader.user.email}


def _head(study: ReaderStudy) -> list[str]:
    return [
        study.title,
        "",
        "Research use only - not for diagnosis.",
        f"Protocol SHA-256 (of its canonical JSON): {study.protocol_sha256}",
        f"Orders drawn by: {study.algorithm}, seed {study.seed}",
        f"State when exported: {study.state}",
        "",
        "protocol.json   the study as frozen, models with version and weights checksum",
        "orders.csv      who reads what in which order",
        "intervals.csv   how long readers waited between readings of the same case",
        "events.jsonl    audit trail, each line chained to the one before by SHA-256",
        "plan.json       analysis plan, fixed when the study was frozen",
        "codebook.csv    what every column means",
    ]


_OPENED = (
    "readings.csv    one row per reading and task; reader AI is the system",
    "reference.csv   reference standard",
    "answers.csv     every answer as it was committed",
    "result.json     what the plan gave",
    "tables/         the tables of the report as CSV, LaTeX and Word",
    "report.html     plan and results to read; report.pdf the same to print",
    "",
    "Repeat the analysis:",
    "  python -m readerstudy.statistics --readings readings.csv --reference reference.csv"
    " --plan plan.json --output again.json",
)
_EXCHANGED = (
    "interchange/    the readers' ratings by task for iMRMC, MRMCaov and RJafroc; without the AI",
    "Repeat it elsewhere, from this folder:",
    "  python interchange/rerun.py",
    "  Rscript interchange/rerun.R",
)
