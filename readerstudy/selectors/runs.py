"""Which AI runs belong to a study: chosen while it is a draft, pinned once it is frozen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from inference.jobs.models import InferenceJob, JobState
from readerstudy.models import PinnedRun, ReaderStudy, StudyCase
from readerstudy.protocol import PinnedModel, Protocol


@dataclass(frozen=True)
class ModelIdentity:
    """What makes two runs comparable."""

    version: str
    weights_sha256: str


def identity(job: InferenceJob) -> ModelIdentity:
    """Return the version and weights of a finished run."""
    record = job.prediction.record
    return ModelIdentity(record["version"], record["weights_sha256"])


def models_of(protocol: Protocol) -> dict[str, PinnedModel]:
    """Return the AI systems of a protocol's arms, in the order of the arms."""
    found: dict[str, PinnedModel] = {}
    for arm in protocol.arms:
        if arm.ai is not None:
            found.setdefault(arm.ai.system, arm.ai)
    return found


def usable_runs(cases: Sequence[StudyCase], model: PinnedModel) -> dict[UUID, InferenceJob]:
    """Return the run each case of a draft would be pinned to, by study case.

    Runs on exactly the index lesion come before runs of the system's own detector, and those
    before runs on other boxes; among equals the latest counts. A model pinned in the protocol by
    version or weights takes only such runs. Cases without one are left out.
    """
    jobs = InferenceJob.objects.filter(
        case__in=[case.case_id for case in cases],
        system=model.system,
        state=JobState.DONE,
        prediction__isnull=False,
    ).select_related("prediction")
    by_case: dict[UUID, list[InferenceJob]] = {}
    for job in jobs.order_by("finished_at"):
        if _is(job, model):
            by_case.setdefault(job.case_id, []).append(job)
    return {
        case.pk: _best(case, by_case[case.case_id]) for case in cases if case.case_id in by_case
    }


def pinned_runs(study: ReaderStudy) -> list[PinnedRun]:
    """Return a frozen study's runs, cases in the protocol's order."""
    runs = PinnedRun.objects.filter(study_case__study=study)
    return list(
        runs.select_related("study_case", "job__prediction").order_by(
            "study_case__number", "system"
        )
    )


def identities(jobs: Iterable[InferenceJob]) -> set[ModelIdentity]:
    """Return the different models among some runs."""
    return {identity(job) for job in jobs}


def _is(job: InferenceJob, model: PinnedModel) -> bool:
    own = identity(job)
    return model.version in (None, own.version) and model.weights_sha256 in (
        None,
        own.weights_sha256,
    )


def _best(case: StudyCase, jobs: list[InferenceJob]) -> InferenceJob:
    def preference(job: InferenceJob) -> int:
        if case.index_lesion is not None and job.lesions == [case.index_lesion]:
            return 2
        return 0 if job.lesions else 1

    best = max(preference(job) for job in jobs)
    return [job for job in jobs if preference(job) == best][-1]
