"""How long readers really waited between two readings of the same case."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from readerstudy.models import ReaderStudy, ReadingState
from readerstudy.selectors.worklist import assignments_of, reading_state

DAY = timedelta(days=1)


def interval_rows(study: ReaderStudy) -> Iterator[dict[str, Any]]:
    """Yield, per reader and case, the days between a commit and the next opening.

    `short` is 1 where that is less than the washout the study has now (GRRAS item 8: report the
    intervals).
    """
    for reader in study.readers.order_by("number"):
        before: dict[Any, Any] = {}
        for assignment in assignments_of(reader):
            if reading_state(assignment) != ReadingState.COMMITTED:
                continue
            earlier = before.get(assignment.study_case_id)
            if earlier is not None:
                waited = assignment.reading.opened_at - earlier.reading.committed_at
                yield {
                    "reader": reader.pseudonym,
                    "case": assignment.study_case.code,
                    "from_period": earlier.period.number,
                    "to_period": assignment.period.number,
                    "days": waited / DAY,
                    "short": int(waited < study.washout_days * DAY),
                }
            before[assignment.study_case_id] = assignment
