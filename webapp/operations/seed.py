"""The demo's people and data, made through the same services that people use.

Nothing is inserted at the back: cases are ingested from phantom DICOM, AI runs are jobs, simulated
readers open and commit with the clock moved. Running it again adds only what is missing.
"""

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from inference.io.cohort import TruthRow
from inference.jobs.execution import run_job
from inference.jobs.models import InferenceJob, JobState
from inference.jobs.services import request_inference
from inference.phantoms.cohort import phantom_cases
from inference.phantoms.size import PhantomSize
from readerstudy.models import ReaderStudy
from readerstudy.protocol.template import six_lesion_template
from readerstudy.services.drafts import create_study
from readerstudy.services.ending import lock, unblind
from readerstudy.services.freezing import freeze
from readerstudy.simulation import simulate
from webapp.accounts import selectors as accounts
from webapp.accounts.demo import DEMO_CAST, DEMO_PASSWORD, SIMULATED_READERS
from webapp.accounts.models import User
from webapp.accounts.services import create_user
from webapp.core.clock import Clock, MovableClock, SystemClock, current_clock
from webapp.imaging.ingest import ingest
from webapp.imaging.models import Case
from webapp.operations.showcase import one_case_each
from webapp.opinions.services import request_opinion

SYSTEM = "lilnet_ct"
SEED = 20240501
BEGAN_BEFORE = timedelta(days=120)
"""How long ago the completed study began; two periods and a washout end well before today."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Cohort:
    """Phantom cases of one owner: how many, and from which seed."""

    owner: str
    seed: int
    n_cases: int


READ_COHORT = Cohort("coordinator@example.org", SEED, 12)
CLINIC_COHORT = Cohort("clinician@example.org", SEED + 1, 2)
SECOND_COHORT = Cohort("coordinator2@example.org", SEED + 2, 3)
COMPLETED = "Completed: six focal liver lesions, simulated readers"
READY = "Ready to read: six focal liver lesions"
SECOND = "Second study, invisible to the first"
SECOND_PATIENT = "Arterial enhancement on the screening scan. Benign or malignant, and what next?"


def people() -> None:
    """Make the demo's people."""
    for login in (*DEMO_CAST, *SIMULATED_READERS):
        if accounts.by_email(login.email) is None:
            create_user(
                email=login.email,
                display_name=login.display_name,
                roles=[login.role],
                actor=None,
                clock=current_clock(),
                password=DEMO_PASSWORD,
            )


def everything(say: Say) -> None:
    """Make cases, AI runs and three studies: one completed, one ready to read, one of others."""
    if not ReaderStudy.objects.filter(title=SECOND).exists():
        _studies(say)
    one_case_each(
        owner=_person(CLINIC_COHORT.owner),
        besides=SYSTEM,
        seed=SEED + 3,
        size=PhantomSize(*_size()),
        clock=SystemClock(),
        say=say,
    )


def _studies(say: Say) -> None:
    say("Making demo data once: phantom cases, AI runs, simulated readings")
    then = MovableClock(datetime.now(UTC) - BEGAN_BEFORE)
    shared = _cohort(READ_COHORT, then, say)
    _completed_study(shared, then, say)
    clock = SystemClock()
    _clinic(clock, say)
    junior, middle, senior = (
        (f"{level}@example.org", level) for level in ("junior", "middle", "senior")
    )
    _frozen_study(READY, READ_COHORT, shared, [junior, middle, senior], clock)
    second = _cohort(SECOND_COHORT, clock, say)
    _frozen_study(SECOND, SECOND_COHORT, second, [("junior2@example.org", "junior")], clock)


def _completed_study(cases: list[tuple[Case, TruthRow]], clock: MovableClock, say: Say) -> None:
    if ReaderStudy.objects.filter(title=COMPLETED).exists():
        return
    say("  simulated readers read every case twice")
    readers = [(login.email, login.note) for login in SIMULATED_READERS]
    study = _frozen_study(COMPLETED, READ_COHORT, cases, readers, clock)
    simulate(study=study, seed=SEED, clock=clock)
    coordinator = _person(READ_COHORT.owner)
    lock(study=study, actor=coordinator, clock=clock)
    unblind(study=study, actor=coordinator, clock=clock)


def _clinic(clock: Clock, say: Say) -> None:
    """Give the clinician cases of their own and leave a question for the radiologist."""
    cases = _cohort(CLINIC_COHORT, clock, say)
    first = cases[0][0]
    if not first.opinions.exists():
        request_opinion(
            case=first, question=SECOND_PATIENT, urgent=False, actor=_person(CLINIC_COHORT.owner),
            clock=clock,
        )  # fmt: skip


def _cohort(cohort: Cohort, clock: Clock, say: Say) -> list[tuple[Case, TruthRow]]:
    """Make, ingest and run a cohort; return each case with its index lesion."""
    found = []
    owner = _person(cohort.owner)
    size = PhantomSize(*_size())
    for phantom in phantom_cases(SYSTEM, cohort.n_cases, cohort.seed, size):
        say(f"  {cohort.owner.partition('@')[0]}: {phantom.name}")
        with tempfile.TemporaryDirectory() as folder:
            phantom.write(Path(folder) / phantom.name)
            report = ingest(path=Path(folder), owner=owner, project=None, clock=clock)
        index_lesion = phantom.truth()[0]
        case = report.cases[0]
        _run(case, owner, clock)
        found.append((case, index_lesion))
    return found


def _run(case: Case, owner: User, clock: Clock) -> None:
    if InferenceJob.objects.filter(case=case, system=SYSTEM, state=JobState.DONE).exists():
        return
    job = request_inference(case=case, system=SYSTEM, actor=owner, clock=clock)
    run_job(job_id=job.pk, clock=clock, machine_clock=SystemClock())


def _frozen_study(
    title: str,
    cohort: Cohort,
    cases: list[tuple[Case, TruthRow]],
    readers: list[tuple[str, str]],
    clock: Clock,
) -> ReaderStudy:
    held = ReaderStudy.objects.filter(title=title).first()
    if held is not None:
        return held
    coordinator = _person(cohort.owner)
    study = create_study(
        protocol=_protocol(title, cohort.seed, cases, readers), actor=coordinator, clock=clock
    )
    return freeze(study=study, actor=coordinator, clock=clock).study


def _protocol(
    title: str, seed: int, cases: list[tuple[Case, TruthRow]], readers: list[tuple[str, str]]
) -> dict[str, Any]:
    protocol = six_lesion_template(title, seed)
    for number, (case, lesion) in enumerate(cases, start=1):
        code = f"C{number:03d}"
        centre, size = list(lesion.box_mm)[:3], list(lesion.box_mm)[3:]
        entry = {"code": code, "case": str(case.pk)}
        entry["index_lesion"] = {"centre_mm": centre, "size_mm": size}  # type: ignore[assignment]
        protocol["cases"].append(entry)
        side = "malignant" if lesion.malignant else "benign"
        for task, truth in (("bm", side), ("dx", lesion.truth)):
            protocol["reference"].append(
                {"case": code, "task": task, "truth": truth, "source": "phantom"}
            )
    years = {"junior": 3, "middle": 9, "senior": 18}
    protocol["readers"] = [
        {"user": email, "level": level, "years": years[level]} for email, level in readers
    ]
    return protocol


def _person(email: str) -> User:
    person = accounts.by_email(email)
    assert person is not None, "people() comes first"
    return person


def _size() -> tuple[int, int]:
    """Return rows and slices of the demo's phantoms; tests make smaller ones."""
    rows, slices = os.environ.get("READING_ROOM_DEMO_SIZE", "256x40").split("x")
    return int(rows), int(slices)
