"""Inference jobs and what they leave: one prediction each, with its heat maps.

The job table is the truth about work to do; a broker's message only says "look at this row".
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from webapp.core.models import UUIDModel
from webapp.imaging.models import Case, Series


class JobState(models.TextChoices):
    """Where a job stands."""

    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


UNFINISHED = (JobState.QUEUED, JobState.RUNNING)


class SystemSetting(models.Model):
    """What an administrator has decided about one system; no row means switched on."""

    system = models.CharField(max_length=40, primary_key=True)
    enabled = models.BooleanField(default=True)
    preferred = models.BooleanField(
        default=False, help_text=_("offered first among the systems that read its modality")
    )
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.system} {'on' if self.enabled else 'off'}"


class InferenceJob(UUIDModel):
    """One run of one system on one case.

    `input_key` is the hash of everything that was asked for; while a job is unfinished the same
    request finds it again. A running job belongs to `holder` until `lease_until` (machine time);
    after that any worker may take it over.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="inference_jobs")
    system = models.CharField(max_length=40)
    configuration = models.CharField(max_length=20, default="demo")
    lesions = models.JSONField(default=list, help_text=_("boxes given by a person: centre, size"))
    outlines = models.JSONField(
        default=list, help_text=_("drawn by a person: series, frame, lesion, background")
    )
    clinical = models.JSONField(
        default=dict, help_text=_("the case's clinical values when the run was asked for")
    )
    input_key = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=JobState.choices, default=JobState.QUEUED)
    progress = models.FloatField(default=0.0)
    message = models.CharField(max_length=200, blank=True)
    error_code = models.CharField(max_length=60, blank=True)
    error_message = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    holder = models.CharField(max_length=200, blank=True)
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True, help_text=_("to the broker, machine time"))
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["state", "created_at"], name="job_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["input_key"],
                condition=models.Q(state__in=[state.value for state in UNFINISHED]),
                name="job_once_while_unfinished",
            ),
            models.CheckConstraint(
                condition=models.Q(progress__gte=0.0, progress__lte=1.0), name="job_progress_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.case_id} {self.state}"


class Prediction(UUIDModel):
    """What a system said about a case, and how it came about; written once.

    `result` and `record` are :meth:`inference.contracts.Prediction.to_json` and
    :meth:`inference.contracts.RunRecord.to_json`.
    """

    job = models.OneToOneField(InferenceJob, on_delete=models.CASCADE, related_name="prediction")
    result = models.JSONField()
    record = models.JSONField()
    stored_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.job_id} {self.result.get('decision')}"


class Revision(UUIDModel):
    """A clinician's own values for some findings of a prediction, and what follows from them.

    The prediction keeps the model's values; the latest revision stands beside them.
    """

    prediction = models.ForeignKey(Prediction, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    edits = models.JSONField(help_text=_("the person's value by finding"))
    outlines = models.JSONField(
        default=list, help_text=_("slices of the lesion redrawn: at_mm, corners_mm")
    )
    findings = models.JSONField(help_text=_("all findings as they follow from the edits"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["prediction", "number"]
        constraints = [
            models.UniqueConstraint(fields=["prediction", "number"], name="revision_number")
        ]

    def __str__(self) -> str:
        return f"{self.prediction_id} #{self.number}"


class Explanation(UUIDModel):
    """One heat map: a small signed 8-bit grid on disk and where it lies in the patient.

    The stored bytes are (z, y, x) int8 in C order; value = byte / 127 * `vmax`.
    """

    prediction = models.ForeignKey(
        Prediction, on_delete=models.CASCADE, related_name="explanations"
    )
    position = models.PositiveSmallIntegerField()
    method = models.CharField(max_length=20)
    class_code = models.CharField(max_length=20)
    phase = models.CharField(max_length=20, blank=True)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="+")
    shape_zyx = models.JSONField()
    affine = models.JSONField(help_text=_("16 numbers, row by row: grid index to patient mm"))
    vmax = models.FloatField()
    signed = models.BooleanField()
    completeness_error = models.FloatField(null=True)
    caption = models.TextField(blank=True)
    grid_sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["prediction", "position"]
        constraints = [
            models.UniqueConstraint(fields=["prediction", "position"], name="heatmap_position")
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.class_code} {self.phase}"
