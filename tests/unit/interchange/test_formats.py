"""Every format: what is written reads back, and the analysis of what reads back is the same."""

import itertools
import zipfile
from io import BytesIO

import numpy as np
import pytest

from readerstudy.reports.interchange.dataset import (
    Dataset,
    InterchangeError,
    Lesion,
    Mark,
    Rating,
    dataset_from_rows,
    lesion_rows,
    mark_rows,
    reading_rows,
    reference_rows,
)
from readerstudy.reports.interchange.exports import export_all
from readerstudy.reports.interchange.imrmc import read_imrmc, write_imrmc
from readerstudy.reports.interchange.mrmcaov import read_mrmcaov, write_mrmcaov
from readerstudy.reports.interchange.rjafroc import read_rjafroc, write_rjafroc
from readerstudy.reports.interchange.workbook import read_workbook, write_workbook
from readerstudy.statistics import run

RNG = np.random.default_rng(3)
POSITIVE = {f"C{case}": case % 3 == 0 for case in range(12)}
ROC = Dataset(
    POSITIVE,
    tuple(
        Rating(f"R{reader}", arm, case, float(RNG.integers(1, 6)) + 2.5 * POSITIVE[case])
        for arm in ("unaided", "aided")
        for reader in range(3)
        for case in POSITIVE
    ),
)
LESIONS = tuple(
    Lesion(case, f"L{number}", weight)
    for case, truth in POSITIVE.items()
    if truth
    for number, weight in ((1, 0.75), (2, 0.25))
)
FROC = Dataset(
    POSITIVE,
    tuple(rating._replace(rating=None) for rating in ROC.ratings),
    tuple(
        Mark(reader, arm, case, f"m{number}", lesion, float(RNG.integers(1, 100)))
        for reader, arm, case, _ in ROC.ratings
        for number, lesion in enumerate(["L1", "L2", None] if POSITIVE[case] else [None])
        if RNG.random() < 0.7
    ),
    LESIONS,
)
FORMATS = {
    "imrmc": lambda data: read_imrmc(write_imrmc(data)),
    "mrmcaov": lambda data: read_mrmcaov(write_mrmcaov(data)),
    "rjafroc": lambda data: read_rjafroc(write_rjafroc(data)),
    "rows": lambda data: dataset_from_rows(
        reading_rows(data), reference_rows(data), task="roc", positive=["positive"]
    ),
}


def analysis(data, kind, **options):
    plan = {
        "schema": "analysis-plan/1",
        "tasks": {
            "roc": {
                "kind": "binary",
                "categories": ["negative", "positive"],
                "positive": ["positive"],
            }
        },
        "analyses": [{"id": "it", "type": kind, "task": "roc", **options}],
    }
    froc = {"marks": mark_rows(data), "lesions": lesion_rows(data)} if data.is_froc else {}
    entry = run(reading_rows(data), reference_rows(data), plan, **froc)["analyses"]["it"]
    assert "error" not in entry
    return entry


@pytest.mark.parametrize("convert", FORMATS.values(), ids=FORMATS)
def test_ratings_read_back(convert):
    back = convert(ROC)
    assert back.positive == ROC.positive
    assert set(back.ratings) == set(ROC.ratings)
    forth, again = analysis(ROC, "mrmc_or"), analysis(back, "mrmc_or", arms=["unaided", "aided"])
    assert again["p_value"] == pytest.approx(forth["p_value"], rel=1e-12)


@pytest.mark.parametrize("figure", ["AFROC", "wAFROC", "HrAUC"])
def test_marks_read_back(figure):
    back = read_rjafroc(write_rjafroc(FROC))
    assert set(back.lesions) == set(FROC.lesions)
    assert {mark._replace(mark="") for mark in back.marks} == {
        mark._replace(mark="") for mark in FROC.marks
    }
    options = {"figure_of_merit": figure, "arms": ["unaided", "aided"]}
    forth, again = analysis(FROC, "froc", **options), analysis(back, "froc", **options)
    assert again["p_value"] == pytest.approx(forth["p_value"], rel=1e-12)


def test_the_workbook_is_in_the_form_rjafroc_asks_for():
    """Column names and rules of RJafroc's ReadJAFROCNewFormat and checkTruthTable."""
    sheets = read_workbook(write_rjafroc(FROC))
    assert list(sheets) == ["Truth", "FP", "TP"]
    truth = sheets["Truth"]
    assert truth[0][:6] == [
        "CaseID", "LesionID", "Weight", "ReaderID", "ModalityID", "Paradigm",
    ]  # fmt: skip
    assert [row[5] for row in truth[1:4]] == ["FROC", "FCTRL", None]
    assert truth[1][3:5] == ["R0, R1, R2", "unaided, aided"]
    numbers = [row[1] for row in truth[1:]]
    assert all(now in (0, 1) or now == before + 1 for before, now in itertools.pairwise(numbers))
    weights = {}
    for row in truth[1:]:
        weights[row[0]] = weights.get(row[0], 0) + row[2]
    assert set(weights.values()) == {0, 1}
    keys = [tuple(row[:4]) for row in sheets["TP"][1:]]
    assert len(keys) == len(set(keys))


def test_several_marks_on_a_lesion_leave_the_highest():
    mark = next(mark for mark in FROC.marks if mark.lesion)
    double = Dataset(
        FROC.positive,
        FROC.ratings,
        (*FROC.marks, mark._replace(mark="again", rating=mark.rating + 0.5)),
        FROC.lesions,
    )
    back = read_rjafroc(write_rjafroc(double))
    assert analysis(back, "froc")["auc"] == analysis(double, "froc")["auc"]


def test_missing_readings_are_kept_or_refused():
    part = Dataset(ROC.positive, ROC.ratings[:-1])
    for name in ("imrmc", "mrmcaov"):
        assert set(FORMATS[name](part).ratings) == set(part.ratings)
    exports = export_all(part, "A study")
    assert set(exports.files) == {"study.imrmc", "mrmcaov.csv"}
    assert exports.refused["rjafroc.xlsx"].startswith("1 readings of the full crossing")


def test_the_imrmc_header_counts():
    lines = write_imrmc(ROC, "Two  words\n").splitlines()
    assert lines[:6] == ["Two words", "N0: 8", "N1: 4", "NR: 3", "NM: 2", "BEGIN DATA:"]
    assert lines[6] == "-1,C0,0,1"
    assert len(lines) == 6 + 12 + 72


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("R1,C1,A,3", "no line"),
        ("BEGIN DATA:\n-1,C1,0,2", "Line 2: a truth is 0 or 1"),
        ("BEGIN DATA:\n\nR1,C1,A", "Line 3: 4 values are needed, found 3"),
        ("BEGIN DATA:\nR1,C1,A,high", '"high" is not a score'),
        ("BEGIN DATA:\nR1,C1,A,3", '"C1" has no truth'),
    ],
)
def test_faulty_imrmc_files(text, message):
    with pytest.raises(InterchangeError, match=message):
        read_imrmc(text)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("1,A,C1,yes,3", "Row 2: a truth is 0 or 1"),
        ("1,A,C1,1,3\n2,A,C1,0,3", "Row 3: the case .* another truth"),
        ("1,A,C1,1,", "no rating"),
    ],
)
def test_faulty_mrmcaov_files(rows, message):
    with pytest.raises(InterchangeError, match=message):
        read_mrmcaov(f"reader,treatment,case,truth,rating\n{rows}\n")
    with pytest.raises(InterchangeError, match="columns treatment, truth are missing"):
        read_mrmcaov("reader,case,rating\n")


def test_names_a_format_cannot_take():
    for reader in ("R 1", "R,1", "-1"):
        renamed = Dataset(POSITIVE, tuple(r._replace(reader=reader) for r in ROC.ratings[:12]))
        with pytest.raises(InterchangeError, match="cannot take"):
            write_imrmc(renamed)
    twice = Dataset(POSITIVE, ROC.ratings + ROC.ratings[:1])
    with pytest.raises(InterchangeError, match="twice"):
        write_mrmcaov(twice)
    with pytest.raises(InterchangeError, match="No reading has a rating"):
        write_mrmcaov(FROC)


def test_workbooks():
    sheets = {"A & B": [["x", 1, 2.5, None, " <y> "], []], "Long": [list(range(30))]}
    content = write_workbook(sheets)
    assert content == write_workbook(sheets)
    back = read_workbook(content)
    assert back["A & B"] == [["x", 1, 2.5, None, " <y> "], []]
    assert back["Long"] == [list(range(30))]
    with pytest.raises(InterchangeError, match="not an Excel workbook"):
        read_workbook(b"reader,case")


def test_workbooks_as_spreadsheet_programs_write_them():
    """Shared strings, as Excel writes them; entity declarations are refused."""
    content = write_workbook({"S": [["one", 2]]})
    parts = {name: zipfile.ZipFile(BytesIO(content)).read(name) for name in _names(content)}
    sheet = parts["xl/worksheets/sheet1.xml"]
    start, end = sheet.index(b"<c r="), sheet.index(b"</c>")
    parts["xl/worksheets/sheet1.xml"] = sheet[:start] + b'<c r="A1" t="s"><v>0</v>' + sheet[end:]
    namespace = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["xl/sharedStrings.xml"] = (
        b'<sst xmlns="' + namespace + b'"><si><r><t>o</t></r><r><t>ne</t></r></si></sst>'
    )
    assert read_workbook(_zip(parts)) == {"S": [["one", 2]]}
    parts["xl/workbook.xml"] = b'<!DOCTYPE x [<!ENTITY y "z">]>' + parts["xl/workbook.xml"]
    with pytest.raises(InterchangeError, match="entities"):
        read_workbook(_zip(parts))


@pytest.mark.parametrize(
    ("sheets", "message"),
    [
        ({"FP": [["a"]]}, "no sheet TRUTH"),
        ({"Truth": [["CaseID"]]}, "no column LesionID"),
    ],
)
def test_faulty_rjafroc_workbooks(sheets, message):
    with pytest.raises(InterchangeError, match=message):
        read_rjafroc(write_workbook(sheets))


def test_rjafroc_marks_outside_the_truth_are_refused():
    sheets = read_workbook(write_rjafroc(ROC))
    for sheet, row in (("FP", ["R0", "aided", 99, 1]), ("TP", ["R0", "aided", 1, 9, 1])):
        with pytest.raises(InterchangeError, match="Truth"):
            read_rjafroc(write_workbook(sheets | {sheet: [*sheets[sheet], row]}))


def _names(content):
    return zipfile.ZipFile(BytesIO(content)).namelist()


def _zip(parts):
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()
