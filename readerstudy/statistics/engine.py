"""Run a plan on tables: every analysis on its own, every fault in its own entry."""

from collections.abc import Mapping
from dataclasses import dataclass

from readerstudy.statistics.encoding import to_json
from readerstudy.statistics.entries import Entry, build_entry
from readerstudy.statistics.families import members
from readerstudy.statistics.frame import Frame
from readerstudy.statistics.oddities import find_oddities
from readerstudy.statistics.plan import AnalysisSpec, Family, Plan
from readerstudy.statistics.registry import Context, Result
from readerstudy.statistics.resampling import stream
from readerstudy.statistics.software import versions
from readerstudy.statistics.study import Study


@dataclass(frozen=True)
class Outcome:
    """A result in the form of the contract, and whether every analysis ran."""

    result: dict[str, object]
    complete: bool


def run_plan(study: Study, plan: Plan, frozen: Plan | None = None) -> Outcome:
    """Every analysis of the plan, the families, and the oddities of the data.

    Parameters
    ----------
    study : Study
        The tables and the frame made of them with this plan's tasks.
    frozen : Plan, optional
        The plan fixed before unblinding; analyses that are not in it word for word are stamped
        ``exploratory``.
    """
    entries = {spec.id: run_analysis(study.frame, spec, plan) for spec in plan.analyses}
    if frozen is not None:
        planned = {spec.id: spec.raw for spec in frozen.analyses}
        for spec in plan.analyses:
            entries[spec.id]["exploratory"] = planned.get(spec.id) != spec.raw
    result: dict[str, object] = {
        "schema": "analysis-result/1",
        "plan_sha256": plan.sha256,
        "readings_sha256": study.readings.sha256,
        "reference_sha256": study.reference.sha256,
        "software": versions(),
        "analyses": entries,
        "families": {family.id: _family(family, entries, plan) for family in plan.families},
        "oddities": to_json(find_oddities(study)),
    }
    return Outcome(result, all("error" not in entry for entry in entries.values()))


def run_analysis(frame: Frame, spec: AnalysisSpec, plan: Plan) -> Entry:
    """The entry of one analysis, with a random stream of its own."""
    context = Context(plan.alpha, plan.resamples, stream(plan.seed, spec.id), frame)
    return build_entry(spec.kind.name, spec.at, context, lambda: evaluate(spec, context))


def evaluate(spec: AnalysisSpec, context: Context) -> Result:
    """The typed result of an analysis. Raises ``AnalysisError``."""
    if spec.task is None or spec.kind.task == "none":
        return spec.kind.function(spec.options, context)
    frame = context.study.tasks[spec.task.name].restrict(spec.where, spec.subset_truth)
    return spec.kind.function(frame, spec.options, context)


def _family(family: Family, entries: Mapping[str, Entry], plan: Plan) -> dict[str, object]:
    p_values: list[float | None] = []
    for member in family.members:
        p = entries[member].get("p_value")
        p_values.append(float(p) if isinstance(p, int | float) else None)
    table = members(family.members, p_values, family.adjust, plan.alpha)
    return {"adjust": family.adjust, "members": to_json(table)}
