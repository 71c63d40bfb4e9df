"""Cases and their images, uploads and what was refused."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from inference.contracts import ContrastPhase
from webapp.core.models import UUIDModel

PHASES = [
    (ContrastPhase.NON_CONTRAST.value, _("Non-contrast")),
    (ContrastPhase.ARTERIAL.value, _("Arterial")),
    (ContrastPhase.PORTAL_VENOUS.value, _("Portal venous")),
    (ContrastPhase.DELAYED.value, _("Delayed")),
    (ContrastPhase.HEPATOBILIARY.value, _("Hepatobiliary")),
]


class PictureKind(models.TextChoices):
    """What pictures without DICOM are, as the modality of their series."""

    SLICES = "OT", _("CT or MR slices")
    ULTRASOUND = "US", _("Ultrasound")


class Project(UUIDModel):
    """A named set of cases that several people work on."""

    name = models.CharField(max_length=120, unique=True)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="projects", blank=True)

    def __str__(self) -> str:
        return self.name


class Case(UUIDModel):
    """What is read once: one exam, de-identified.

    `study_uid` is the remapped StudyInstanceUID; it is unique only within one owner and
    project, so that nobody learns from a duplicate what others have uploaded.
    """

    code = models.CharField(max_length=20, unique=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="cases"
    )
    project = models.ForeignKey(Project, null=True, on_delete=models.PROTECT, related_name="cases")
    study_uid = models.CharField(max_length=64)
    modality = models.CharField(max_length=16)
    calibrated = models.BooleanField(default=True, help_text=_("values and spacing are physical"))
    age_years = models.PositiveSmallIntegerField(null=True, help_text=_("90 stands for 90 or more"))
    sex = models.CharField(max_length=1, blank=True)
    pinned = models.BooleanField(
        default=False, help_text=_("part of a frozen study: its images can't change any more")
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "code"]
        constraints = [
            # One each for what may be empty: SQLite takes empty fields for different ones.
            models.UniqueConstraint(
                fields=["owner", "project", "study_uid"], name="case_once_per_owner_and_project"
            ),
            models.UniqueConstraint(
                fields=["owner", "study_uid"],
                condition=models.Q(project=None),
                name="case_once_per_owner",
            ),
            models.UniqueConstraint(
                fields=["project", "study_uid"],
                condition=models.Q(owner=None),
                name="case_once_per_project",
            ),
            models.UniqueConstraint(
                fields=["study_uid"],
                condition=models.Q(owner=None, project=None),
                name="case_once_without_owner",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class ClinicalEntry(UUIDModel):
    """One clinical value of a case: a number or a word out of a closed list, never free text.

    Names, units and words come from the systems' specifications
    (:mod:`webapp.imaging.clinical`).
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clinical_entries")
    name = models.CharField(max_length=40)
    value = models.CharField(max_length=20)

    class Meta:
        ordering = ["case", "name"]
        verbose_name_plural = "clinical entries"
        constraints = [
            models.UniqueConstraint(fields=["case", "name"], name="clinical_once_per_case")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.name}"


class Series(UUIDModel):
    """One acquisition: the images of one phase.

    `series_uid` is the remapped SeriesInstanceUID, with ``#2``, ``#3`` ... for the further
    volumes of one DICOM series (dynamic MR), as `inference.contracts.Volume.series_key` has it.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="series")
    number = models.PositiveIntegerField(help_text=_("order within the case"))
    series_uid = models.CharField(max_length=64, help_text=_("remapped"))
    modality = models.CharField(max_length=16)
    phase = models.CharField(max_length=20, choices=PHASES, null=True)  # noqa: DJ001
    phase_confidence = models.FloatField(null=True)
    phase_reason = models.CharField(max_length=40, blank=True)
    phase_corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    n_instances = models.PositiveIntegerField(default=0)
    n_frames = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    columns = models.PositiveIntegerField(default=0)
    calibrated = models.BooleanField(default=True)
    lossy = models.BooleanField(default=False)
    names_unchecked = models.BooleanField(
        default=False,
        help_text=_("came without a header, and nobody has looked for names in its pixels"),
    )
    blackened = models.PositiveIntegerField(
        default=0, help_text=_("how often people have blackened parts of it")
    )
    viewing = models.JSONField(default=dict, help_text=_("pixel format and geometry of frames"))

    class Meta:
        ordering = ["case", "number"]
        verbose_name_plural = "series"
        constraints = [
            models.UniqueConstraint(fields=["case", "series_uid"], name="series_once_per_case")
        ]

    @property
    def revision(self) -> int:
        """Rises whenever its frames change: they are only ever added or blackened."""
        return self.n_frames + self.blackened

    def __str__(self) -> str:
        return f"{self.case_id}/{self.number}"


class Instance(UUIDModel):
    """One stored, de-identified DICOM object, found by the hash of its content.

    `frames` lists, for each frame, where its bytes lie in the stored file: ``[offset, length]``.
    """

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="instances")
    position = models.PositiveIntegerField(help_text=_("order within the series"))
    sop_uid = models.CharField(max_length=64, help_text=_("remapped"))
    transfer_syntax = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    n_frames = models.PositiveIntegerField(default=1)
    frames = models.JSONField(default=list)

    class Meta:
        ordering = ["series", "position"]
        constraints = [
            models.UniqueConstraint(fields=["series", "sop_uid"], name="instance_once_per_series")
        ]

    def __str__(self) -> str:
        return self.sop_uid


class UploadState(models.TextChoices):
    """Where an upload stands."""

    OPEN = "open", _("Receiving")
    INGESTING = "ingesting", _("Checking and de-identifying")
    DONE = "done", _("Done")


class UploadSession(UUIDModel):
    """One resumable stream of bytes: a DICOM file, a ZIP, or a folder sent as one tar.

    The raw bytes and all file names are destroyed when the ingest has ended or after 7 days;
    `report` is kept without names.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uploads"
    )
    state = models.CharField(max_length=12, choices=UploadState.choices, default=UploadState.OPEN)
    fingerprint = models.CharField(max_length=64, help_text=_("keyed hash, to find it again"))
    length = models.PositiveBigIntegerField()
    offset = models.PositiveBigIntegerField(default=0)
    ingested = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    report = models.JSONField(null=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.id} {self.state}"
