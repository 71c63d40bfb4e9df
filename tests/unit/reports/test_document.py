"""The report: complete, cited, escaped, the same in every run."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from readerstudy.reports import document, plots, tables
from readerstudy.reports.document.analyses import DESCRIPTIONS, data_of
from readerstudy.reports.document.references import REFERENCES, Citations
from readerstudy.statistics.registry import analysis_types
from tests.unit.reports import entries, sample

Json = dict[str, Any]
SEAL = "5ea1" * 16


def written() -> document.Document:
    """The report of the sample study."""
    return document.report(sample.protocol(), sample.plan(), sample.result(), protocol_sha256=SEAL)


def plan_page(**changes: Any) -> str:
    """The page of the plan alone, of a changed protocol."""
    protocol = {**sample.protocol(), **changes}
    return document.as_html(document.report(protocol, sample.plan(), protocol_sha256=SEAL))


@pytest.fixture(scope="module")
def page() -> str:
    return document.as_html(written())


def test_every_analysis_type_is_described() -> None:
    assert set(DESCRIPTIONS) == set(analysis_types())


VARIANTS: list[Json] = [
    *({**spec, "of": "mrmc_or"} if "of" in spec else spec for spec in entries.SPECS.values()),
    *({"type": "mcnemar", "variant": v} for v in ("mid-p", "asymptotic", "asymptotic-cc")),
    *({"type": "mrmc_or", "inference": i} for i in ("FRRC", "RRFC")),
    *({"type": "mrmc_or", "design": "readers_nested_in_arm", "inference": i}
      for i in ("RRRC", "FRRC", "RRFC")),
    *({"type": "mrmc_or", "covariance": c} for c in ("delong", "unbiased", "bootstrap")),
    *({"type": "froc", "figure_of_merit": f} for f in ("AFROC", "wAFROC", "HrAUC", "LROC")),
    *({"type": "diagnostic", "ci": c} for c in ("clopper-pearson", "bootstrap")),
    *({"type": "cohen_kappa", "weights": w} for w in ("linear", "quadratic")),
    *({"type": "comparison_matrix", "rule": r} for r in ("majority", "best-of-readers")),
    *({"type": "time", "test": t} for t in ("paired-t", "mixed")),
    {"type": "time", "test": "mixed", "adjust": ["size_band"], "interact": ["size_band"]},
    *({"type": "power", "method": m} for m in ("ustat", "simulation")),
    {"type": "roc", "ci": "bootstrap"}, {"type": "delong", "paired": False},
    {"type": "gwet_ac1", "weights": "linear"}, {"type": "diagnostic", "missing": "exclude"},
    {"type": "subgroup", "by": "size_band", "of": {"type": "roc"}},
    {"type": "non_inferiority", "margin": 0.1, "of": {"type": "mcnemar"}},
]  # fmt: skip


@pytest.mark.parametrize("spec", VARIANTS, ids=str)
def test_every_variant_is_described_with_sources_that_exist(spec: Json) -> None:
    description = DESCRIPTIONS[spec["type"]](spec)
    text = Citations().cite(description.text)

    assert description.title
    assert "%(" not in text
    assert "{" not in text
    assert data_of(spec)


def test_sources_are_numbered_as_they_are_cited() -> None:
    citations = Citations()

    assert citations.cite("a {holm1979} b {gwet2008} c {holm1979}") == "a [1] b [2] c [1]"
    assert citations.sources()[1] == f"[2] {REFERENCES['gwet2008']}"
    with pytest.raises(KeyError):
        citations.cite("{nobody2000}")


def test_the_page_reads_like_methods_and_results(page: str) -> None:
    order = [
        "Summary", "Design", "Readers", "Cases", "Reference standard", "Statistical analysis",
        "Results", "Look at these first", "Primary result", "Diagnostic performance",
        "References", "Session information", "Data dictionary",
    ]  # fmt: skip
    places = [page.index(f">{title}</h") for title in order]
    assert places == sorted(places)
    assert tables.headline(sample.result()) in page
    for mark in ("Research use only", "phantom-trained", SEAL, "seed 20240501"):
        assert mark in page


def test_the_design_is_told_with_its_numbers(page: str) -> None:
    assert "3 readers read all 48 cases in 2 periods" in page
    assert "28 days" in page
    assert ">24/48</td>" in page  # malignant cases
    assert "follow-up of 12 months" in page


def test_every_planned_analysis_and_oddity_is_named(page: str) -> None:
    for spec in sample.plan()["analyses"]:
        assert spec["id"].replace("_", " ") in page
    for oddity in sample.result()["oddities"]:
        assert oddity["message"].split(";")[0] in page


def test_the_page_stands_alone(page: str) -> None:
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert page.count("data:image/svg+xml;base64,") == page.count("<img")
    assert page.count("<img") > 5


def test_nothing_typed_by_people_is_read_as_markup() -> None:
    found = plan_page(title="<script>alert(1)</script> & <b>bold</b>")

    assert "<script" not in found
    assert "&lt;b&gt;bold" in found


def test_before_unblinding_only_what_is_known_then() -> None:
    protocol = {key: value for key, value in sample.protocol().items() if key != "reference"}
    found = document.as_html(document.report(protocol, sample.plan(), protocol_sha256=SEAL))

    assert "Statistical analysis plan" in found
    assert "closed until the study is unblinded" in found
    for hidden in ("pathology", "Primary result", "follow-up"):
        assert hidden not in found


def test_a_crossover_and_a_pilot_are_told_as_such() -> None:
    design = {"kind": "crossover", "periods": ["unaided", "aided"]}
    found = plan_page(design=design, pilot=True)

    assert "counterbalanced over the readers" in found
    assert "Pilot study" in found


def test_without_ai_nothing_is_said_of_it() -> None:
    arms = [{"id": "unaided", "ai": None}, {"id": "aided", "ai": None}]

    assert "phantom-trained" not in plan_page(arms=arms)


def test_the_pdf_says_the_same() -> None:
    pages = PdfReader(io.BytesIO(document.as_pdf(written()))).pages

    text = " ".join(page.extract_text() for page in pages).replace("\n", " ")
    for sentence in ("Primary result", "Look at these first", "Research use only", SEAL):
        assert sentence in text
    difference = sample.result()["analyses"]["bm_mrmc"]["difference"]["estimate"]
    assert f"{difference:.3f}" in text


def test_the_pdf_is_the_same_in_every_run() -> None:
    plan = document.report(sample.protocol(), sample.plan(), protocol_sha256=SEAL)

    assert document.as_pdf(plan) == document.as_pdf(plan)


def test_every_kind_of_analysis_can_be_printed() -> None:
    plan = entries.plan()
    protocol = {**sample.protocol(), "analysis_plan": plan}
    found = document.as_html(
        document.report(protocol, plan, entries.result(), protocol_sha256=SEAL)
    )

    assert found.count("<img") == len(plots.drawable(entries.result()))
    assert "Analyses that could not run" in found
    assert "No reading matches reader X." in found
