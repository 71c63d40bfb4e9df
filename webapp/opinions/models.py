"""Second opinions: a question on a case, and reports that are only ever added to."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from inference.jobs.models import InferenceJob
from webapp.core.models import UUIDModel
from webapp.imaging.models import Case


class OpinionState(models.TextChoices):
    """Where a request stands."""

    REQUESTED = "requested", _("Waiting for a radiologist")
    CLAIMED = "claimed", _("Being read")
    SIGNED = "signed", _("Signed")


OPEN = (OpinionState.REQUESTED, OpinionState.CLAIMED)


class Category(models.TextChoices):
    """What the radiologist concludes, in one word."""

    BENIGN = "benign", _("Benign")
    INDETERMINATE = "indeterminate", _("Indeterminate")
    MALIGNANT = "malignant", _("Malignant")
    NO_LESION = "no_lesion", _("No lesion")
    INADEQUATE = "inadequate", _("Images not adequate")


class OpinionRequest(UUIDModel):
    """One question on one case.

    `ai_job` is the run whose result the radiologist has looked at; null while they read first.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="opinions")
    question = models.TextField()
    urgent = models.BooleanField(default=False)
    state = models.CharField(
        max_length=10, choices=OpinionState.choices, default=OpinionState.REQUESTED
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField()
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    claimed_at = models.DateTimeField(null=True)
    ai_job = models.ForeignKey(InferenceJob, null=True, on_delete=models.PROTECT, related_name="+")
    ai_shown_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-urgent", "requested_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(state__in=[state.value for state in OPEN]),
                name="opinion_one_open_per_case",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"


class Draft(UUIDModel):
    """What a radiologist has written but not signed; each has their own."""

    request = models.ForeignKey(OpinionRequest, on_delete=models.CASCADE, related_name="drafts")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    findings = models.TextField(blank=True)
    impression = models.TextField(blank=True)
    category = models.CharField(max_length=14, choices=Category.choices, blank=True)
    reason = models.TextField(blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "author"], name="draft_one_per_author")
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.saved_at:%H:%M:%S}"


class Report(UUIDModel):
    """One signed version; database triggers refuse UPDATE and DELETE.

    Version 1 is the report, later ones are addenda with a `reason`. `body_sha256` is the hash of
    the canonical JSON of everything signed (:func:`webapp.opinions.signing.body`). `ai_job` is
    the run that stands beside the report, `ai_seen` whether its signer had looked at it.
    """

    request = models.ForeignKey(OpinionRequest, on_delete=models.PROTECT, related_name="reports")
    version = models.PositiveSmallIntegerField()
    findings = models.TextField()
    impression = models.TextField()
    category = models.CharField(max_length=14, choices=Category.choices)
    reason = models.TextField(blank=True)
    ai_job = models.ForeignKey(InferenceJob, null=True, on_delete=models.PROTECT, related_name="+")
    ai_seen = models.BooleanField()
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    signer_name = models.CharField(max_length=120, help_text=_("as printed at signing"))
    signed_at = models.DateTimeField()
    meaning = models.CharField(max_length=200)
    body_sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["request", "version"]
        constraints = [
            models.UniqueConstraint(fields=["request", "version"], name="report_version")
        ]

    def __str__(self) -> str:
        return f"{self.request_id} v{self.version}"
