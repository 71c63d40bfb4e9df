"""Run a system on a case from the command line."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from inference.contracts import LesionInput
from inference.errors import UnusableInput
from inference.io.outlines import read_outlines
from inference.jobs import exams, recovery, selectors, services
from inference.jobs.models import UNFINISHED, InferenceJob, JobState
from inference.jobs.results import job_json, result_json
from webapp.core import health
from webapp.core.clock import SystemClock, current_clock
from webapp.core.commands import PlainCommand
from webapp.imaging.models import Case

FAILED = 3
POLL_SECONDS = 0.5


class Command(PlainCommand):
    """Queue a run of a system on a case; with --wait, stay until it ends."""

    help = __doc__ or ""
    nothing = {"job": None, "result": None}

    def add_arguments(self, parser: CommandParser) -> None:
        """Add case, system, lesions and whether to wait."""
        super().add_arguments(parser)
        parser.add_argument("case", help="id or code of the case")
        parser.add_argument("--system", required=True)
        parser.add_argument(
            "--lesion",
            action="append",
            default=[],
            metavar="x,y,z,dx,dy,dz",
            help="box centre and full size in mm (LPS); repeatable",
        )
        parser.add_argument(
            "--outline",
            type=Path,
            metavar="FILE",
            help="JSON as for python -m inference run; images count as the case's clips do",
        )
        parser.add_argument("--wait", action="store_true", help="stay until the job has ended")

    def run(self, **options: Any) -> dict[str, Any]:
        """Queue the job, wait if asked to, and return job and result."""
        case = selectors.case_named(options["case"])
        job = services.request_inference(
            case=case,
            system=options["system"],
            lesions=[_box(text) for text in options["lesion"]],
            outlines=_outlines(case, options["outline"]),
            actor=None,
            clock=current_clock(),
        )
        if options["wait"]:
            _see_through(job)
        job = selectors.with_result(job.pk)
        return {"job": job_json(job), "result": result_json(job)}

    def describe(self, result: dict[str, Any]) -> list[str]:
        """Return one line about the job and one about the result."""
        job = result["job"]
        lines = [f"{job['id']} {job['state']} {job['progress']:.0%}"]
        if job["error"]:
            lines.append(job["error"]["message"])
        if result["result"]:
            lines.append(f"{result['result']['decision']} ({result['result']['badge']})")
        return lines

    def exit_code(self, result: dict[str, Any]) -> int:
        """Return 3 for a job that failed."""
        return FAILED if result["job"]["state"] == JobState.FAILED else 0


def _see_through(job: InferenceJob) -> None:
    """Wait for the worker; where none is alive, run the job here."""
    clock, machine_clock = current_clock(), SystemClock()
    while InferenceJob.objects.filter(pk=job.pk, state__in=UNFINISHED).exists():
        if not health.worker_alive():
            from inference.jobs.execution import run_job  # brings torch

            recovery.free_abandoned(clock=clock, machine_clock=machine_clock)
            run_job(job_id=job.pk, clock=clock, machine_clock=machine_clock)
        time.sleep(POLL_SECONDS)


def _outlines(case: Case, path: Path | None) -> list[exams.FrameOutline]:
    if path is None:
        return []
    return exams.frame_outlines(exams.read_case(case), case, read_outlines(path))


def _box(text: str) -> LesionInput:
    try:
        x, y, z, dx, dy, dz = (float(number) for number in text.split(","))
    except ValueError as error:
        raise UnusableInput(
            "bad_lesion", f"A lesion is six numbers x,y,z,dx,dy,dz, not {text!r}."
        ) from error
    return LesionInput((x, y, z), (dx, dy, dz))
