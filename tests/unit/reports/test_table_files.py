"""Tables as CSV, LaTeX and Word: the cells of the page, nothing read as markup."""

import csv
import io
import zipfile
from xml.etree import ElementTree

from readerstudy.reports import tables
from readerstudy.reports.tables.files import WORD, as_latex, as_word, table_files
from tests.unit.reports import sample

HOSTILE = tables.ResultTable(
    "50% of A_1 & <b>", ("R{1}", "χ²"), (("a\\b", "−0.1 → 2"), ("c\x00", "~^$#")), ("note <i>",)
)


def test_every_table_is_a_file_with_the_cells_of_the_page() -> None:
    found = tables.tables_of(sample.result(), sample.plan())
    files = table_files(found)

    names = sorted(name for name in files if name.endswith(".csv"))
    assert len(names) == len(found)
    for name, table in zip(names, found, strict=True):
        rows = list(csv.reader(io.StringIO(files[name].decode())))
        assert rows == [list(table.columns), *map(list, table.rows)]


def test_latex_escapes_what_it_would_read() -> None:
    text = as_latex([HOSTILE]).decode()

    assert r"\caption{50\% of A\_1 \& $<$b$>$}" in text
    assert r"R\{1\} & $\chi$$^2$ \\" in text
    assert r"a\textbackslash{}b & $-$0.1 $\to$ 2 \\" in text
    assert r"\~{}\^{}\$\#" in text
    assert r"\begin{tabular}{lr}" in text


def test_word_holds_captions_cells_and_notes() -> None:
    content = as_word([HOSTILE])

    assert content == as_word([HOSTILE])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        root = ElementTree.fromstring(archive.read("word/document.xml"))
    texts = [item.text for item in root.iter(f"{{{WORD}}}t")]
    assert texts == [HOSTILE.title, "R{1}", "χ²", "a\\b", "−0.1 → 2", "c", "~^$#", "note <i>"]
    assert len(list(root.iter(f"{{{WORD}}}tr"))) == 3
