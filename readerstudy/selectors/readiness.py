"""Why a study can't be frozen yet: every reason as a sentence with its remedy."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inference.errors import InferenceError
from inference.registry import find
from readerstudy.models import ReaderStudy, StudyCase
from readerstudy.protocol import Protocol
from readerstudy.selectors import eligibility
from readerstudy.selectors.protocols import draft_of
from readerstudy.selectors.runs import identities, models_of, usable_runs
from webapp.accounts.models import Role

SHOWN = 5
"""How many codes a sentence names before it says "and n more"."""


@dataclass(frozen=True)
class Reason:
    """One thing that stands in the way: what is wrong, and what to do about it."""

    code: str
    sentence: str
    remedy: str

    def to_json(self) -> dict[str, str]:
        """Return the reason as the API gives it."""
        return {"code": self.code, "sentence": self.sentence, "remedy": self.remedy}


@dataclass(frozen=True)
class _Draft:
    study: ReaderStudy
    protocol: Protocol
    cases: list[StudyCase]


def readiness(study: ReaderStudy) -> list[Reason]:
    """Return what keeps a draft from being frozen; empty when nothing does."""
    cases = list(study.cases.select_related("case").order_by("number"))
    draft = _Draft(study, draft_of(study), cases)
    checks: tuple[Callable[[_Draft], Iterator[Reason]], ...] = (
        _something_there,
        _truth,
        _readers,
        _knowledge,
        _images,
        _names,
        _runs,
    )
    return [reason for check in checks for reason in check(draft)]


def _something_there(draft: _Draft) -> Iterator[Reason]:
    if not draft.cases:
        yield Reason("no_cases", _("The study has no cases."), _("Choose cases."))
    if not draft.protocol.tasks:
        yield Reason("no_tasks", _("The study asks nothing."), _("Add a question with a task."))
    if not draft.protocol.readers:
        yield Reason("no_readers", _("The study has no readers."), _("Add readers."))


def _truth(draft: _Draft) -> Iterator[Reason]:
    known = {(entry.case, entry.task) for entry in draft.protocol.reference}
    for task in draft.protocol.tasks:
        missing = [case.code for case in draft.cases if (case.code, task) not in known]
        if missing:
            yield Reason(
                "truth_missing",
                ngettext(
                    "%(count)d case has no reference standard for “%(task)s”: %(cases)s.",
                    "%(count)d cases have no reference standard for “%(task)s”: %(cases)s.",
                    len(missing),
                )
                % {"count": len(missing), "task": task, "cases": named(missing)},
                _("Record the reference standard, or take the cases out."),
            )


def _readers(draft: _Draft) -> Iterator[Reason]:
    for reader in draft.study.readers.select_related("user"):
        person = {"reader": reader.user.email}
        if not reader.user.is_active:
            yield Reason(
                "reader_inactive",
                _("The account of %(reader)s is switched off.") % person,
                _("Ask an administrator to switch it on, or take the reader out."),
            )
        if not reader.user.has_role(Role.READER):
            yield Reason(
                "reader_role",
                _("%(reader)s does not hold the role of reader.") % person,
                _("Ask an administrator for the role, or take the reader out."),
            )
        if eligibility.is_staff(reader.user, draft.study.pk):
            yield Reason(
                "reader_is_staff",
                _("%(reader)s works on this study and can't read in it.") % person,
                _("Take the person out of the staff or out of the readers."),
            )


def _knowledge(draft: _Draft) -> Iterator[Reason]:
    cases = {case.case_id: case.code for case in draft.cases}
    sentences = (
        ("reader_uploaded", eligibility.uploaded, _("%(reader)s uploaded %(cases)s.")),
        (
            "reader_knows_truth",
            eligibility.truth_known,
            _("%(reader)s knows the reference standard of %(cases)s."),
        ),
        (
            "reader_sees_case",
            eligibility.seen_outside,
            _("%(reader)s can open %(cases)s outside of readings, with the AI's results."),
        ),
    )
    for reader in draft.study.readers.select_related("user"):
        told: set[object] = set()
        for code, find_cases, sentence in sentences:
            found = find_cases(reader.user, list(cases)) - told
            told |= found
            if found:
                codes = [cases[case_id] for case_id in cases if case_id in found]
                yield Reason(
                    code,
                    sentence % {"reader": reader.user.email, "cases": named(codes)},
                    _("Take the reader or the cases out: whoever knows a case can't read it."),
                )


def _images(draft: _Draft) -> Iterator[Reason]:
    empty = [case.code for case in draft.cases if not case.case.series.exists()]
    if empty:
        yield Reason(
            "no_images",
            _("There are no images of %(cases)s.") % {"cases": named(empty)},
            _("Upload the images, or take the cases out."),
        )


def _names(draft: _Draft) -> Iterator[Reason]:
    """Ultrasound without header is where names show; slices get a warning at upload alone."""
    unchecked = {"modality": "US", "names_unchecked": True}
    shown = [case.code for case in draft.cases if case.case.series.filter(**unchecked).exists()]
    if shown:
        yield Reason(
            "names_unchecked",
            _("Nobody has looked for names in the pictures of %(cases)s.")
            % {"cases": named(shown)},
            _("Look through them, and confirm on the page of each case that no name shows."),
        )


def _runs(draft: _Draft) -> Iterator[Reason]:
    for system, model in models_of(draft.protocol).items():
        try:
            title = find(system).title
        except InferenceError as error:
            yield Reason("unknown_system", str(error), _("Choose another system for the arm."))
            continue
        runs = usable_runs(draft.cases, model)
        missing = [case.code for case in draft.cases if case.pk not in runs]
        if missing:
            yield Reason(
                "run_missing",
                _("%(system)s has no finished run on %(cases)s.")
                % {"system": title, "cases": named(missing)},
                _("Run the system on these cases and wait until it is done."),
            )
        if len(identities(runs.values())) > 1:
            yield Reason(
                "mixed_models",
                _("The cases were run with different versions or weights of %(system)s.")
                % {"system": title},
                _("Run the present version on all cases, or pin one version in the protocol."),
            )
        several = [
            case.code
            for case in draft.cases
            if case.index_lesion is None
            and case.pk in runs
            and len(runs[case.pk].prediction.result["lesions"]) > 1
        ]
        if several:
            yield Reason(
                "index_lesion",
                _("%(cases)s: several lesions, and none is marked as the one asked about.")
                % {"cases": named(several)},
                _("Mark the index lesion of each of these cases."),
            )


def named(codes: Collection[str]) -> str:
    """Return codes for a sentence, the first few of many."""
    first = ", ".join(list(codes)[:SHOWN])
    if len(codes) <= SHOWN:
        return first
    return _("%(first)s and %(more)d more") % {"first": first, "more": len(codes) - SHOWN}
