"""Cases of a study, what is true of them, and the AI runs that belong to them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from inference.jobs.models import InferenceJob
from readerstudy.models.study import ReaderStudy
from webapp.core.models import UUIDModel
from webapp.imaging.models import Case


class StudyCase(UUIDModel):
    """An exam in a study, under the study's own code; one code per lesion that is asked about."""

    study = models.ForeignKey(ReaderStudy, on_delete=models.CASCADE, related_name="cases")
    number = models.PositiveIntegerField(help_text=_("order in the protocol"))
    code = models.CharField(max_length=40)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="study_cases")
    index_lesion = models.JSONField(null=True, help_text=_("centre_mm and size_mm"))
    strata = models.JSONField(default=dict)

    class Meta:
        ordering = ["study", "number"]
        constraints = [
            models.UniqueConstraint(fields=["study", "code"], name="study_case_code_once")
        ]

    def __str__(self) -> str:
        return self.code


class ReferenceStandard(UUIDModel):
    """What is true of a case for one task, how that is known and who recorded it."""

    study_case = models.ForeignKey(StudyCase, on_delete=models.CASCADE, related_name="reference")
    task = models.CharField(max_length=40)
    truth = models.CharField(max_length=200)
    source = models.CharField(max_length=200)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["study_case", "task"]
        constraints = [
            models.UniqueConstraint(fields=["study_case", "task"], name="truth_once_per_task")
        ]

    def __str__(self) -> str:
        return f"{self.study_case_id} {self.task}"


class PinnedRun(UUIDModel):
    """The finished AI run that a frozen study uses for a case."""

    study_case = models.ForeignKey(StudyCase, on_delete=models.CASCADE, related_name="pinned_runs")
    system = models.CharField(max_length=40)
    job = models.ForeignKey(InferenceJob, on_delete=models.PROTECT, related_name="+")
    version = models.CharField(max_length=40)
    weights_sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["study_case", "system"]
        constraints = [
            models.UniqueConstraint(fields=["study_case", "system"], name="pinned_run_once")
        ]

    def __str__(self) -> str:
        return f"{self.study_case_id} {self.system}"
