"""The statistical part of the methods: every planned analysis in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from readerstudy.reports.document.analyses import DESCRIPTIONS, Description, Spec, data_of
from readerstudy.reports.document.blocks import Block, Formula, Grid, Paragraph, Section
from readerstudy.reports.document.references import Citations
from readerstudy.reports.tables.wording import DASH, words

Json = Mapping[str, Any]


def statistics_sections(plan: Json, citations: Citations) -> list[Section]:
    """Return general rules, each kind of analysis, and the adjustment of p values."""
    sections = [Section(_("Statistical analysis"), _general(plan))]
    for kind in DESCRIPTIONS:
        specs = [spec for spec in plan["analyses"] if spec["type"] == kind]
        for description, same in _by_description(kind, specs):
            sections.append(Section(description.title, _planned(description, same, citations), 3))
    if plan.get("families"):
        sections.append(Section(_("Several tests"), _families(plan, citations), 3))
    return sections


def _general(plan: Json) -> tuple[Block, ...]:
    alpha = plan.get("alpha", 0.05)
    level = f"{100 * (1 - alpha):g}"
    text = _(
        "The plan below was fixed before the results were opened; analyses that are not in it are "
        "marked as exploratory. Intervals are two-sided at %(level)s%%, tests two-sided at alpha "
        "= %(alpha)s unless said otherwise. Bootstrap intervals rest on %(resamples)s resamples "
        "of clusters (all cases of an examination together). Every analysis draws from its own "
        "stream of one seeded generator (PCG64, seed %(seed)s), so that the same input gives the "
        "same numbers."
    )
    facts = {
        "level": level,
        "alpha": f"{alpha:g}",
        "resamples": plan.get("resamples", 1000),
        "seed": plan.get("seed", 0),
    }
    missing = _(
        "Nothing is dropped in silence: readings without an answer, contradictory answers and "
        "cases left out are counted with each result. Before the analyses the data are searched "
        "for oddities (missing, double and contradictory answers, readers who agree beyond "
        "chance, constant raters, impossible times, decisions against ratings, truths never "
        "chosen); what is found stands first among the results."
    )
    tasks = tuple(
        (
            name,
            task["kind"],
            ", ".join(map(str, task["categories"])),
            ", ".join(map(str, task.get("positive", ()))) or DASH,
        )
        for name, task in plan["tasks"].items()
    )
    columns = (_("Task"), _("Kind"), _("Categories"), _("Positive"))
    return Paragraph(text % facts), Paragraph(missing), Grid(_("Tasks."), columns, tasks)


def _by_description(kind: str, specs: list[Spec]) -> Iterator[tuple[Description, list[Spec]]]:
    """Yield analyses that differ only in their data together."""
    found: dict[Description, list[Spec]] = {}
    for spec in specs:
        found.setdefault(DESCRIPTIONS[kind](spec), []).append(spec)
    yield from found.items()


def _planned(
    description: Description, specs: list[Spec], citations: Citations
) -> tuple[Block, ...]:
    blocks: list[Block] = [Paragraph(citations.cite(description.text))]
    if description.formula:
        blocks.append(Formula(description.formula))
    if description.caution:
        blocks.append(Paragraph(description.caution))
    rows = tuple((words(spec["id"]), spec.get("task", DASH), data_of(spec)) for spec in specs)
    blocks.append(Grid("", (_("Analysis"), _("Task"), _("Data")), rows))
    return tuple(blocks)


def _families(plan: Json, citations: Citations) -> tuple[Block, ...]:
    names = {
        "holm": _("Holm's step-down procedure {holm1979}"),
        "hochberg": _("Hochberg's step-up procedure {hochberg1988}"),
        "bonferroni": _("Bonferroni's correction"),
        "bh": _("the false discovery rate of Benjamini and Hochberg {benjamini1995}"),
        "gatekeeping": _("gatekeeping: each test only if all before it reject {maurer1995}"),
    }
    rows = tuple(
        (
            words(family["id"]),
            citations.cite(names[family["adjust"]]),
            ", ".join(map(words, family["members"])),
        )
        for family in plan["families"]
    )
    text = _("P values are adjusted within the families of tests declared here; both are reported.")
    columns = (_("Family"), _("Adjustment"), _("Members, in order"))
    return Paragraph(text), Grid(_("Families of tests."), columns, rows)
