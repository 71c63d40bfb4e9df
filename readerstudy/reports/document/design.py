"""The design part of the methods, from the protocol."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from readerstudy.reports.document.blocks import Block, Grid, Paragraph, Section
from readerstudy.reports.tables.wording import DASH, words

Json = Mapping[str, Any]


def design_sections(protocol: Json) -> list[Section]:
    """Return design, readers, cases with the reference standard, reading, and the AI."""
    return [
        Section(_("Design"), (Paragraph(_design(protocol)), Paragraph(_drawing(protocol)))),
        Section(_("Readers"), _readers(protocol)),
        Section(_("Cases"), _cases(protocol)),
        Section(_("Reference standard"), _reference(protocol)),
        Section(_("Reading"), _reading(protocol)),
        Section(_("Conditions of reading and AI"), _arms(protocol)),
    ]


def _design(protocol: Json) -> str:
    design = protocol["design"]
    periods = list(design["periods"])
    facts = {
        "pilot": _("pilot ") if protocol["pilot"] else "",
        "readers": _readers_count(len(protocol["readers"])),
        "cases": _cases_count(len(protocol["cases"])),
        "periods": ngettext("%(n)s period", "%(n)s periods", len(periods)) % {"n": len(periods)},
        "arms": _(" then ").join(periods),
        "days": protocol["washout_days"],
    }
    if design["kind"] == "crossover":
        order = _(
            "This is a retrospective multi-reader multi-case %(pilot)sstudy with a crossover: "
            "%(readers)s read all %(cases)s in %(periods)s, and the order of the conditions is "
            "counterbalanced over the readers."
        )
    else:
        order = _(
            "This is a retrospective multi-reader multi-case %(pilot)sstudy: %(readers)s read all "
            "%(cases)s in %(periods)s, every reader in the same order of conditions: %(arms)s. "
            "Condition and period can't be told apart in such a design."
        )
    washout = _(
        " A reader sees a case again no sooner than %(days)s days (%(days)s x 24 hours) after "
        "having committed its reading."
    )
    return order % facts + (washout % facts if len(periods) > 1 else "")


def _drawing(protocol: Json) -> str:
    text = _(
        "The order of cases was drawn once per reader and period by a seeded generator "
        "(%(algorithm)s, seed %(seed)s) and sealed together with this plan before the first "
        "reading. Committed answers are append-only; readers see neither the reference standard "
        "nor other readers' answers."
    )
    algorithm = protocol.get("algorithm") or _("drawn when the study is frozen")
    return text % {"algorithm": algorithm, "seed": protocol["seed"]}


def _readers(protocol: Json) -> tuple[Block, ...]:
    rows = tuple(
        (str(reader["user"]), str(reader["level"]), _given(reader.get("years")))
        for reader in protocol["readers"]
    )
    columns = (_("Reader"), _("Level"), _("Years of experience"))
    return (Grid(_("Readers, under their pseudonyms."), columns, rows),)


def _cases(protocol: Json) -> tuple[Block, ...]:
    cases = protocol["cases"]
    lesions = sum(case.get("index_lesion") is not None for case in cases)
    exams = len({case["case"] for case in cases})
    facts = {"cases": _cases_count(len(cases)), "exams": exams, "marked": _cases_count(lesions)}
    text = _("%(cases)s from %(exams)s examinations.") % facts
    if lesions:
        text += " " + _("The index lesion is marked in %(marked)s.") % facts
    blocks: list[Block] = [Paragraph(text)]
    names = sorted({name for case in cases for name in case.get("strata", {})})
    rows = [
        (words(name), value, f"{n}/{len(cases)}")
        for name in names
        for value, n in _counts(case.get("strata", {}).get(name, DASH) for case in cases)
    ]
    if rows:
        columns = (_("Stratum"), _("Value"), _("Cases"))
        blocks.append(Grid(_("Cases by stratum."), columns, tuple(rows)))
    return tuple(blocks)


def _reference(protocol: Json) -> tuple[Block, ...]:
    if "reference" not in protocol:
        return (Paragraph(_("The reference standard is closed until the study is unblinded.")),)
    rows = []
    for task, shape in protocol["tasks"].items():
        entries = [entry for entry in protocol["reference"] if entry["task"] == task]
        of_truth = dict(_counts(entry["truth"] for entry in entries))
        for truth in (*shape["categories"], *(t for t in of_truth if t not in shape["categories"])):
            sources = _counts(e["source"] for e in entries if e["truth"] == truth)
            listed = "; ".join(f"{source} {n}" for source, n in sources) or DASH
            rows.append((task, truth, f"{of_truth.get(truth, 0)}/{len(entries)}", listed))
    columns = (_("Task"), _("Truth"), _("Cases"), _("Established by"))
    return (Grid(_("Reference standard by task."), columns, tuple(rows)),)


def _reading(protocol: Json) -> tuple[Block, ...]:
    rows = tuple(
        (
            str(question["text"]),
            question.get("task") or DASH,
            question.get("role") or DASH,
            ", ".join(question["choices"]) if question.get("choices") else _range(question),
            _("yes") if question["required"] else _("no"),
        )
        for question in protocol["questions"]
    )
    columns = (_("Question"), _("Task"), _("Gives the"), _("Answers"), _("Required"))
    text = _(
        "Each case was read on its own page with the images at full depth and the form beside "
        "them. A reader could also answer “no lesion” or “cannot assess”, which are counted and "
        "never correct unless the reference standard says so. Time counts while the case is open "
        "and the reader is present; pauses are left out."
    )
    return Paragraph(text), Grid(_("The form."), columns, rows)


def _arms(protocol: Json) -> tuple[Block, ...]:
    rows = tuple(
        (
            str(arm["id"]),
            ai["system"] if (ai := arm.get("ai")) else _("no AI"),
            (ai or {}).get("version") or DASH,
            ", ".join(ai["show"]) if ai else DASH,
            _shortened((ai or {}).get("weights_sha256")),
        )
        for arm in protocol["arms"]
    )
    columns = (
        _("Condition"),
        _("System"),
        _("Version"),
        _("Shown to readers"),
        _("Weights (SHA-256)"),
    )
    text = _(
        "The AI is a research implementation whose weights were trained on computer-made "
        "phantoms; its answers say nothing about patients. Runs were computed once, before "
        "reading, and pinned."
    )
    table = Grid(_("Conditions of reading."), columns, rows)
    return (Paragraph(text), table) if any(arm.get("ai") for arm in protocol["arms"]) else (table,)


def _counts(values: Iterable[str]) -> list[tuple[str, int]]:
    return list(Counter(values).items())


def _range(question: Json) -> str:
    if question.get("min") is None:
        return _("free text")
    return f"{question['min']:g} – {question['max']:g}"


def _given(value: object) -> str:
    return DASH if value is None else str(value)


def _shortened(checksum: str | None) -> str:
    return DASH if checksum is None else f"{checksum[:16]}…"


def _readers_count(n: int) -> str:
    return ngettext("%(n)s reader", "%(n)s readers", n) % {"n": n}


def _cases_count(n: int) -> str:
    return ngettext("%(n)s case", "%(n)s cases", n) % {"n": n}
