"""What a methodologist would ask about a design; it stops nobody."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from readerstudy.design import feasibility
from readerstudy.models import ReaderStudy
from readerstudy.selectors.readiness import Reason

SENTENCES: Mapping[str, tuple[Promise, Promise]] = {
    "unbalanced": (
        _("%(readers)d readers don't share %(sequences)d sequences of arms evenly."),
        _("Balance is exact when the readers are a multiple of the sequences."),
    ),
    "aided_first": (
        _("Readers meet the AI's output before they read without it."),
        _("Put the arm without AI first, or use a crossover."),
    ),
    "washout": (
        _("A washout of %(days)d days is unusual: published studies use %(shortest)d to "
          "%(longest)d days."),
        _("28 days are the custom."),
    ),
    "few_readers": (
        _("With %(readers)d readers nothing can be said about readers in general."),
        _("Add readers: three are the least, five or more are better."),
    ),
    "few_cases": (
        _("%(cases)d cases give wide intervals."),
        _("Add cases, or call the study a pilot."),
    ),
}  # fmt: skip


def concerns(study: ReaderStudy) -> list[Reason]:
    """Return what to think about before freezing a study."""
    aided = [arm.key for arm in study.arms.all() if arm.ai is not None]
    found = feasibility.concerns(
        kind=study.design["kind"],
        periods=study.design["periods"],
        aided=aided,
        n_readers=study.readers.count(),
        n_cases=study.cases.count(),
        washout_days=study.washout_days,
    )
    return [
        Reason(concern.code, str(sentence) % concern.numbers, str(remedy))
        for concern in found
        for sentence, remedy in (SENTENCES[concern.code],)
    ]
