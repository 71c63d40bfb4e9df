"""What a reader may be sent; everything a reader receives is made here.

A reader sees an opaque code, the images under names drawn for this reading, the questions, their
own draft, and in an arm with AI what that arm shows while the reading is open. Whatever else is
asked for does not exist: the sentence is the one of an address that was never there.
"""

import hashlib
import hmac
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from inference.jobs import selectors as jobs
from inference.jobs.models import Explanation, InferenceJob
from inference.jobs.overlays import MASK
from inference.jobs.results import result_json
from readerstudy.ai import CANNOT_ASSESS, NO_LESION
from readerstudy.models import Assignment, PinnedRun, Question, ReadingState, StudyState
from readerstudy.models.study import READABLE
from readerstudy.selectors.worklist import (
    Work,
    place_in_period,
    reading_state,
    seconds_today,
    work_of,
    worklist,
)
from webapp.accounts.models import User
from webapp.core.clock import Clock
from webapp.core.errors import NotFound
from webapp.imaging import manifest
from webapp.imaging.models import Series

Json = dict[str, Any]
_SPOKEN = {"label", "probabilities"}
"""Findings tell as much as both of these, so they are shown where both are."""
KEPT = ("system", "version", "weights_sha256", "badge", "phases_used", "phases_missing", "warnings")
"""Parts of an AI result that every arm with AI gets: which model spoke, and its reservations."""


def nothing_there() -> NotFound:
    """Return the error of an address that doesn't exist, word for word."""
    return NotFound(_("There is nothing at this address, or it is not for you."))


def assignment_of(user: User, reading_id: UUID) -> Assignment:
    """Return a person's own assignment.

    Raises
    ------
    NotFound
        If there is none, or it is somebody else's.
    """
    found = (
        Assignment.objects.filter(pk=reading_id, period__reader__user=user)
        .exclude(period__reader__study__state=StudyState.DRAFT)
        .select_related(
            "period__arm",
            "period__reader__study",
            "period__reader__user",
            "study_case__case",
            "reading",
        )
        .first()
    )
    if found is None:
        raise nothing_there()
    return found


def open_assignment_of(user: User, reading_id: UUID) -> Assignment:
    """Return a person's own assignment whose reading is open now; images and AI need that.

    Raises
    ------
    NotFound
        If there is none, it is somebody else's, or it is not being read.
    """
    found = assignment_of(user, reading_id)
    readable = found.period.reader.study.state in READABLE
    if not readable or reading_state(found) != ReadingState.OPEN:
        raise nothing_there()
    return found


def worklist_json(user: User, clock: Clock) -> Json:
    """Return a reader's work: how far, what next, when; nothing about the cases."""
    return {"studies": [_work_json(work, clock) for work in worklist(user, clock)]}


def opened_json(assignment: Assignment, clock: Clock) -> Json:
    """Return what the reading form needs of a reading that was just opened."""
    work = work_of(assignment.period.reader, clock)
    number, total = place_in_period(work, assignment)
    reading = assignment.reading
    aided = assignment.period.arm.ai is not None
    return {
        "reading": {
            "id": str(assignment.pk),
            "code": assignment.code,
            "n": number,
            "total": total,
            "period": assignment.period.number,
            "ai": aided,
            "state": reading.state,
        },
        "index_lesion": assignment.study_case.index_lesion,
        "questions": questions_json(assignment),
        "exceptions": exceptions_json(),
        "draft": {"answers": reading.draft.answers, "revision": reading.draft.revision},
        "images_url": _url("reading-images", assignment),
        "tokens_url": _url("reading-tokens", assignment),
        "ai_url": _url("reading-ai", assignment) if aided else None,
        "events_url": _url("reading-events", assignment),
        "draft_url": _url("reading-draft", assignment),
        "commit_url": _url("reading-commit", assignment),
    }


def committed_json(assignment: Assignment, clock: Clock) -> Json:
    """Return the answer to a commit: that it is stored, and what comes next."""
    return {"committed": True, **_next_json(work_of(assignment.period.reader, clock))}


def questions_json(assignment: Assignment) -> list[Json]:
    """Return the questions in order, without what they measure."""
    questions = assignment.period.reader.study.questions.order_by("number")
    return [_question_json(question) for question in questions]


def exceptions_json() -> list[Json]:
    """Return the answers that stand for the whole case, legal for every decision."""
    return [
        {"value": NO_LESION, "text": _("No lesion"), "needs_reason": False},
        {"value": CANNOT_ASSESS, "text": _("Can't assess"), "needs_reason": True},
    ]


def images_json(assignment: Assignment, request: HttpRequest) -> Json:
    """Return the viewer's manifest under this reading's own code and series names.

    The lesion that is asked about is pointed out in every arm alike: it is part of the protocol.
    """
    shown = manifest.viewer_manifest(
        assignment.study_case.case,
        request=request,
        subject=assignment.pk,
        code=assignment.code,
        tokens_url=_url("reading-tokens", assignment),
        name_series=lambda series: series_name(assignment, series),
    )
    for series in shown["series"]:
        if series.get("frame_of_reference"):
            series["frame_of_reference"] = _renamed(assignment, series["frame_of_reference"])
    lesion = assignment.study_case.index_lesion
    marks = [] if lesion is None else [{"box_mm": [*lesion["centre_mm"], *lesion["size_mm"]]}]
    return {**shown, "lesions": marks}


def tokens_json(assignment: Assignment, request: HttpRequest) -> Json:
    """Return fresh frame tokens for a reading's series."""
    return manifest.frame_tokens(
        assignment.study_case.case,
        request=request,
        subject=assignment.pk,
        name_series=lambda series: series_name(assignment, series),
    )


def series_name(assignment: Assignment, series: Series) -> str:
    """Return the name of a series in one reading: the same images have another one in the next."""
    return _renamed(assignment, str(series.pk))


def ai_json(assignment: Assignment) -> Json:
    """Return what the arm shows of the AI's output.

    Raises
    ------
    NotFound
        In an arm without AI.
    """
    show, job = _shown_run(assignment)
    result = result_json(
        job,
        name_series=lambda series: series_name(assignment, series),
        address=lambda explanation: reverse(
            "reading-heatmap", args=[assignment.pk, explanation.pk]
        ),
    )
    assert result is not None  # pinned runs are finished
    lesions = result["lesions"] if "lesions" in show else []
    if "probabilities" not in show:
        lesions = [{**lesion, "probabilities": {}} for lesion in lesions]
    return {
        "id": str(assignment.pk),
        **{key: result[key] for key in KEPT},
        "decision": result["decision"] if "label" in show else None,
        "probabilities": result["probabilities"] if "probabilities" in show else {},
        "stages": result["stages"] if "probabilities" in show else [],
        "findings": result["findings"] if set(show) >= _SPOKEN else [],
        "lesions": lesions,
        "decision_lesion": result["decision_lesion"] if lesions else None,
        "heatmaps": [row for row in result["heatmaps"] if row["method"] in _overlays(show)],
    }


def heatmap_bytes(assignment: Assignment, heatmap_id: UUID) -> bytes:
    """Return one heat map that the arm shows.

    Raises
    ------
    NotFound
        If the arm doesn't show it, or the case's run has none of that id.
    """
    show, job = _shown_run(assignment)
    found = Explanation.objects.filter(
        prediction__job=job, pk=heatmap_id, method__in=_overlays(show)
    ).first()
    if found is None:
        raise nothing_there()
    return jobs.heatmap_bytes(found)


def _overlays(show: list[str]) -> list[str]:
    """Return the methods of overlay an arm shows; a lesion's mask comes with the lesions."""
    return [*show, MASK] if "lesions" in show else show


def _shown_run(assignment: Assignment) -> tuple[list[str], InferenceJob]:
    """Return what the arm shows, and the run that is pinned to the case."""
    ai = assignment.period.arm.ai
    if ai is None:
        raise nothing_there()
    pinned = PinnedRun.objects.get(study_case=assignment.study_case, system=ai["system"])
    return list(ai["show"]), jobs.with_result(pinned.job_id)


def _renamed(assignment: Assignment, name: str) -> str:
    """Return a name that is stable within a reading and tells nothing outside of it."""
    material = f"{assignment.pk}|{name}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), material, hashlib.sha256).hexdigest()[:24]


def _question_json(question: Question) -> Json:
    return {
        "id": question.key,
        "kind": question.kind,
        "text": question.text,
        "choices": question.choices,
        "min": question.minimum,
        "max": question.maximum,
        "required": question.required,
        "role": question.role or None,
    }


def _work_json(work: Work, clock: Clock) -> Json:
    return {
        "title": work.reader.study.title,
        "done": work.done,
        "total": work.total,
        "seconds_today": seconds_today(work, clock),
        **_next_json(work),
    }


def _next_json(work: Work) -> Json:
    coming = work.next.key
    due = work.next.due
    return {
        "next": None
        if coming is None
        else {"reading": str(coming.pk), "url": reverse("readerstudy:read", args=[coming.pk])},
        "next_due": None if due is None else due.isoformat(),
    }


def _url(name: str, assignment: Assignment) -> str:
    return reverse(name, args=[assignment.pk])
