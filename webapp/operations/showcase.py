"""One phantom case of the clinician's for each further system, marked and run as a person would."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from inference.contracts import LesionInput
from inference.io.clinical import read_clinical
from inference.io.outlines import NAME as OUTLINES
from inference.io.outlines import read_outlines
from inference.jobs import exams, systems
from inference.jobs.execution import run_job
from inference.jobs.models import InferenceJob
from inference.jobs.services import request_inference
from inference.phantoms.cohort import Phantom, phantom_cases
from inference.phantoms.size import PhantomSize
from inference.registry import ModelSpec
from inference.registry.spec import Need
from webapp.accounts.models import User
from webapp.core.clock import Clock, SystemClock
from webapp.imaging.clinical import variables_for
from webapp.imaging.ingest import ingest
from webapp.imaging.models import Case
from webapp.imaging.services import set_clinical

Say = Callable[[str], None]
CLINICAL = "clinical.csv"


def one_case_each(
    *, owner: User, besides: str, seed: int, size: PhantomSize, clock: Clock, say: Say
) -> None:
    """Make a case with a finished run for every usable system that the owner has none of.

    Parameters
    ----------
    besides
        System whose cases are made elsewhere.
    seed
        Of the phantoms.
    """
    for installed in systems.installed():
        system = installed.spec.system
        done = InferenceJob.objects.filter(system=system, case__owner=owner).exists()
        if system != besides and installed.usable and not done:
            (phantom,) = phantom_cases(system, 1, seed, size)
            say(f"  {installed.spec.title.partition(':')[0]}: {phantom.name}")
            _take_in_and_run(phantom, installed.spec, owner, clock)


def _take_in_and_run(phantom: Phantom, spec: ModelSpec, owner: User, clock: Clock) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / phantom.name
        phantom.write(folder)
        case = ingest(path=Path(place), owner=owner, project=None, clock=clock).cases[0]
        _enter_clinical(case, folder, owner, clock)
        outlines = _outlines(case, folder, spec)
    boxes = [LesionInput(row.box_mm[:3], row.box_mm[3:]) for row in phantom.truth()[:1]]
    job = request_inference(
        case=case,
        system=spec.system,
        actor=owner,
        clock=clock,
        lesions=() if outlines or spec.marks.box is Need.NONE else boxes,
        outlines=outlines,
    )
    run_job(job_id=job.pk, clock=clock, machine_clock=SystemClock())


def _enter_clinical(case: Case, folder: Path, owner: User, clock: Clock) -> None:
    if not (folder / CLINICAL).exists():
        return
    known = variables_for(case)
    written = next(iter(read_clinical(folder / CLINICAL).values()), {})
    values = {name: entry.value for name, entry in written.items() if name in known}
    set_clinical(case=case, values=values, actor=owner, clock=clock)


def _outlines(case: Case, folder: Path, spec: ModelSpec) -> list[exams.FrameOutline]:
    if spec.marks.outline is Need.NONE or not (folder / OUTLINES).exists():
        return []
    drawn = read_outlines(folder / OUTLINES)[: spec.marks.most_outlines]
    return exams.frame_outlines(exams.read_case(case), case, drawn)
