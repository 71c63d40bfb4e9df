"""Many windows at once on one real database file: freeze, open, save, commit.

Run as ``python -m tests.integration.readerstudy.race`` in a home of its own; prints, for each
step, how many tries came through and how the others were refused.
"""

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import django

WINDOWS = 6


def all_at_once(attempt: Callable[[int], object]) -> dict[str, int]:
    """Let every window try at the same moment; return how often each outcome came."""
    from django.db import connection

    from webapp.core.errors import DomainError

    barrier = Barrier(WINDOWS)

    def window(number: int) -> str:
        barrier.wait()
        try:
            attempt(number)
        except DomainError as refused:
            return refused.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(WINDOWS) as pool:
        return dict(Counter(pool.map(window, range(WINDOWS))))


def main() -> None:
    """Race."""
    django.setup()
    from django.core.management import call_command

    from readerstudy.models import Answer, Assignment, Reading
    from readerstudy.services.freezing import freeze
    from readerstudy.services.reading import commit_reading, open_reading, save_draft
    from tests.integration.cast import build_people
    from tests.integration.readerstudy.stage import ANSWERS, draft_study, next_assignment
    from webapp.core import audit

    call_command("migrate", verbosity=0)
    cast = build_people()
    study = draft_study(cast, truths=("HCC", "FNH"), readers=("junior",))
    who = {"user": cast["junior"], "clock": cast.clock}
    frozen = all_at_once(
        lambda _n: freeze(study=study, actor=cast["coordinator"], clock=cast.clock)
    )
    assignment = next_assignment(cast, study, "junior")
    outcome = {
        "freeze": frozen,
        "open": all_at_once(lambda _n: open_reading(assignment=assignment, **who)),
        "save": all_at_once(
            lambda n: save_draft(
                assignment=assignment, answers={"malignancy": n}, revision=0, **who
            )
        ),
        "commit": all_at_once(
            lambda n: commit_reading(
                assignment=assignment, answers=ANSWERS, key=f"window-{n}", **who
            )
        ),
        "assignments": Assignment.objects.count(),
        "readings": Reading.objects.count(),
        "answers": Answer.objects.count(),
        "broken_at": audit.verify(audit.study_chain(study.pk)),
    }
    print(json.dumps(outcome))  # noqa: T201


if __name__ == "__main__":
    main()
