"""Everything a reader study stores; see docs/architecture.md for the words."""

from readerstudy.models.cases import PinnedRun, ReferenceStandard, StudyCase
from readerstudy.models.form import Arm, Question
from readerstudy.models.plan import Assignment, Reader, StudyPeriod
from readerstudy.models.reading import (
    Answer,
    Draft,
    Reading,
    ReadingEvent,
    ReadingSession,
    ReadingState,
)
from readerstudy.models.study import (
    ReaderStudy,
    StudyMembership,
    StudyResult,
    StudyRole,
    StudyState,
)

__all__ = [
    "Answer",
    "Arm",
    "Assignment",
    "Draft",
    "PinnedRun",
    "Question",
    "Reader",
    "ReaderStudy",
    "Reading",
    "ReadingEvent",
    "ReadingSession",
    "ReadingState",
    "ReferenceStandard",
    "StudyCase",
    "StudyMembership",
    "StudyPeriod",
    "StudyResult",
    "StudyRole",
    "StudyState",
]
