"""What came out; nobody sees it before the study is unblinded."""

from typing import Any

from django.utils.translation import gettext as _

from readerstudy.models import ReaderStudy, StudyResult, StudyState
from readerstudy.selectors.protocols import frozen_plan
from readerstudy.selectors.rows import readings_rows, reference_rows
from readerstudy.statistics import InputError, run
from webapp.core.errors import Conflict

Json = dict[str, Any]


def insist_on_unblinded(study: ReaderStudy) -> None:
    """Refuse whatever would let somebody work out how right the readers are.

    Raises
    ------
    Conflict
        If the study is not unblinded.
    """
    if study.state != StudyState.UNBLINDED:
        raise Conflict(
            _("The results open when the study is unblinded; it is %(state)s now.")
            % {"state": study.get_state_display().lower()},
            code="still_blinded",
        )


def results(study: ReaderStudy) -> Json:
    """Return the frozen plan's result.

    Raises
    ------
    Conflict
        If the study is not unblinded.
    """
    insist_on_unblinded(study)
    return dict(StudyResult.objects.get(study=study).result)


def compute(study: ReaderStudy) -> Json:
    """Run the frozen plan on a study's readings.

    Raises
    ------
    Conflict
        If plan and readings don't fit; the sentence says where.
    """
    plan = frozen_plan(study)
    try:
        return run(readings_rows(study), reference_rows(study), plan)
    except InputError as error:
        raise Conflict(
            _("The analysis plan can't be run on these readings: %(fault)s")
            % {"fault": error.problems[0].sentence},
            code="unusable_plan",
            fields={problem.place: problem.sentence for problem in error.problems},
        ) from error
