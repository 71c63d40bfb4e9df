"""The reader study itself, its staff and its results."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from webapp.core.models import UUIDModel


class StudyState(models.TextChoices):
    """How far a study has come; it only ever moves forward."""

    DRAFT = "draft", _("Draft")
    FROZEN = "frozen", _("Frozen")
    RUNNING = "running", _("Running")
    LOCKED = "locked", _("Locked")
    UNBLINDED = "unblinded", _("Unblinded")


READABLE = (StudyState.FROZEN, StudyState.RUNNING)
"""States in which readers work."""


class StudyRole(models.TextChoices):
    """What a member of the staff does in one study; readers are no staff."""

    COORDINATOR = "coordinator", _("Coordinator")
    TRUTH_KEEPER = "truth_keeper", _("Truth keeper")
    STATISTICIAN = "statistician", _("Statistician")


class ReaderStudy(UUIDModel):
    """A study in which readers read the same cases under different conditions.

    While it is a draft, its rows are the protocol. Freezing writes the completed protocol with
    its hash and draws the orders; from then on the rows don't change.
    """

    title = models.CharField(max_length=200)
    state = models.CharField(max_length=12, choices=StudyState.choices, default=StudyState.DRAFT)
    pilot = models.BooleanField(default=False, help_text=_("its data never join a study's"))
    seed = models.BigIntegerField()
    washout_days = models.PositiveSmallIntegerField(default=28)
    tasks = models.JSONField(default=dict)
    design = models.JSONField(default=dict)
    analysis_plan = models.JSONField(null=True, help_text=_("empty: the design's preset"))
    frozen_protocol = models.JSONField(null=True)
    protocol_sha256 = models.CharField(max_length=64, blank=True)
    algorithm = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    frozen_at = models.DateTimeField(null=True)
    locked_at = models.DateTimeField(null=True)
    unblinded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "title"]
        verbose_name_plural = "reader studies"

    def __str__(self) -> str:
        return self.title

    @property
    def is_draft(self) -> bool:
        """Whether the protocol may still change."""
        return self.state == StudyState.DRAFT


class StudyMembership(UUIDModel):
    """One person of the staff of a study."""

    study = models.ForeignKey(ReaderStudy, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="study_memberships"
    )
    role = models.CharField(max_length=12, choices=StudyRole.choices)

    class Meta:
        ordering = ["study", "role"]
        constraints = [
            models.UniqueConstraint(fields=["study", "user", "role"], name="study_role_once")
        ]

    def __str__(self) -> str:
        return f"{self.study_id} {self.user_id} {self.role}"


class StudyResult(UUIDModel):
    """What the frozen plan gave on the locked readings; written when the study is unblinded."""

    study = models.OneToOneField(ReaderStudy, on_delete=models.CASCADE, related_name="result")
    result = models.JSONField()
    sha256 = models.CharField(max_length=64)
    computed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.study_id} {self.sha256[:12]}"
