"""Driving simulated readers through the services, washout and all."""

import math
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from readerstudy import blinding
from readerstudy.ai import CANNOT_ASSESS
from readerstudy.models import Assignment, Question, Reader, ReaderStudy
from readerstudy.models.study import READABLE
from readerstudy.selectors.protocols import reference_of
from readerstudy.selectors.rows import tasks_of
from readerstudy.selectors.worklist import work_of
from readerstudy.services.reading import commit_reading, open_reading, save_draft
from readerstudy.services.timeline import record_events
from readerstudy.simulation import mind
from webapp.core.clock import MovableClock
from webapp.core.errors import Conflict

SHARE_UNREADABLE = 0.01
SHARE_DISTRACTED = 0.1
LOOKED_AWAY_MS = 4000


def simulate(*, study: ReaderStudy, seed: int, clock: MovableClock) -> int:
    """Let every reader of a frozen study read everything.

    Parameters
    ----------
    seed
        The same study and seed give the same answers.
    clock
        Moved forward as readers read and wait for the washout.

    Returns
    -------
    int
        Number of readings committed.

    Raises
    ------
    Conflict
        If the study can't be read.
    """
    if study.state not in READABLE:
        raise Conflict(
            _("Only a frozen study can be read; this one is %(state)s.")
            % {"state": study.get_state_display().lower()},
            code=f"study_{study.state}",
        )
    room = _Room(study, seed, clock)
    committed = 0
    while True:
        dates: list[datetime] = []
        read = 0
        for reader in room.readers:
            # Asked for each in turn: while one reads, another's case may fall due.
            coming = work_of(reader, clock).next
            if coming.key is not None:
                room.read(reader, coming.key)
                read += 1
            elif coming.due is not None:
                dates.append(coming.due)
        committed += read
        if not read and not dates:
            return committed
        if not read:
            clock.advance(min(dates) - clock.now())


class _Room:
    """The readers, what they look at and the clock on the wall."""

    def __init__(self, study: ReaderStudy, seed: int, clock: MovableClock) -> None:
        self.seed = seed
        self.clock = clock
        self.readers = list(study.readers.select_related("study", "user").order_by("number"))
        self.questions = list(study.questions.order_by("number"))
        self.tasks = tasks_of(study)
        self.truths: dict[str, dict[str, str]] = defaultdict(dict)
        for entry in reference_of(study):
            self.truths[entry.study_case.code][entry.task] = entry.truth
        self.sides = mind.sides_of(self.tasks, self.truths)

    def read(self, reader: Reader, assignment: Assignment) -> None:
        """Read one case the way the reading page does: open, save a draft, commit."""
        user, clock, code = reader.user, self.clock, assignment.study_case.code
        labels = (reader.pseudonym, str(assignment.period.number), code)
        draws = mind.generator(self.seed, *labels)
        reading = open_reading(assignment=assignment, user=user, clock=clock)
        answers = self.answers(reader, assignment, draws)
        usual = mind.SECONDS.get(reader.level, mind.USUAL_SECONDS)
        half = timedelta(milliseconds=round(usual * math.exp(draws.normal(0, 0.3)) * 500))
        clock.advance(half)
        revision = reading.draft.revision  # above 0 where somebody has begun by hand
        save_draft(
            assignment=assignment, answers=answers, revision=revision, user=user, clock=clock
        )
        if draws.random() < SHARE_DISTRACTED:
            away = half // timedelta(milliseconds=1)
            events = [
                {"kind": "blur", "at_ms": max(away - LOOKED_AWAY_MS, 0)},
                {"kind": "focus", "at_ms": away},
            ]
            record_events(assignment=assignment, events=events, user=user, clock=clock)
        clock.advance(half)
        key = f"simulated-{assignment.pk}"
        commit_reading(assignment=assignment, answers=answers, key=key, user=user, clock=clock)

    def answers(
        self, reader: Reader, assignment: Assignment, draws: np.random.Generator
    ) -> dict[str, Any]:
        """Return what a reader answers after looking at a case."""
        if draws.random() < SHARE_UNREADABLE:
            decision = next(q.key for q in self.questions if q.role == "decision")
            return {decision: CANNOT_ASSESS, "reason": "Motion artefacts"}
        code = assignment.study_case.code
        truth = self.truths[code]
        says = self.says(assignment)
        advice = None if says is None else says in truth.values()
        difficulty = mind.generator(self.seed, code).normal(0, mind.CASE_SPREAD)
        lean = mind.lean_of(reader.level, float(difficulty), advice, draws)
        seen = mind.impression(self.tasks, truth, self.sides, lean, says, draws)
        return {question.key: self.answer(question, seen) for question in self.questions}

    def says(self, assignment: Assignment) -> str | None:
        """Return the AI's decision where this reader is shown it."""
        if assignment.period.arm.ai is None:
            return None
        decision: str | None = blinding.ai_json(assignment)["decision"]
        return decision

    def answer(self, question: Question, seen: mind.Impression) -> Any:
        """Return the answer to one question; those outside the analysis get the mildest one."""
        match question.role:
            case "decision":
                return seen.decisions[question.task]
            case "rating":
                positive = seen.decisions[question.task] in self.tasks[question.task].positive
                share = seen.certainty if positive else 1 - seen.certainty
            case "confidence":
                share = 2 * seen.certainty - 1
            case _:
                share = 0.0
        return _on_scale(question, share)


def _on_scale(question: Question, share: float) -> Any:
    """Put a share from 0 to 1 onto a question's scale."""
    if question.kind == "text":
        return "-"
    if question.kind == "slider":
        low, high = question.minimum or 0.0, question.maximum or 0.0
        return float(round(low + share * (high - low)))
    choices = question.choices
    return choices[min(int(share * len(choices)), len(choices) - 1)]
