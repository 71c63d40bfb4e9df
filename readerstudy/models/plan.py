"""Who reads what: readers, their periods, and one assignment per planned reading."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from readerstudy.models.cases import StudyCase
from readerstudy.models.form import Arm
from readerstudy.models.study import ReaderStudy
from webapp.core.models import UUIDModel


class Reader(UUIDModel):
    """A person's membership as reader of one study."""

    study = models.ForeignKey(ReaderStudy, on_delete=models.CASCADE, related_name="readers")
    number = models.PositiveSmallIntegerField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="readerships"
    )
    pseudonym = models.CharField(max_length=20)
    level = models.CharField(max_length=40)
    years = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ["study", "number"]
        constraints = [
            models.UniqueConstraint(fields=["study", "user"], name="reader_once_per_study"),
            models.UniqueConstraint(fields=["study", "pseudonym"], name="pseudonym_once"),
        ]

    def __str__(self) -> str:
        return self.pseudonym


class StudyPeriod(UUIDModel):
    """One reader's period (1, 2, ...): the arm, and the order drawn once when freezing."""

    reader = models.ForeignKey(Reader, on_delete=models.CASCADE, related_name="periods")
    number = models.PositiveSmallIntegerField()
    arm = models.ForeignKey(Arm, on_delete=models.PROTECT, related_name="periods")

    class Meta:
        ordering = ["reader", "number"]
        constraints = [models.UniqueConstraint(fields=["reader", "number"], name="period_once")]

    def __str__(self) -> str:
        return f"{self.reader_id} {self.number}"


class Assignment(UUIDModel):
    """One planned reading: a case at its position in a reader's period."""

    period = models.ForeignKey(StudyPeriod, on_delete=models.CASCADE, related_name="assignments")
    position = models.PositiveIntegerField()
    study_case = models.ForeignKey(StudyCase, on_delete=models.PROTECT, related_name="assignments")
    code = models.CharField(
        max_length=8, help_text=_("all that the reader sees of the case's name")
    )

    class Meta:
        ordering = ["period", "position"]
        constraints = [
            models.UniqueConstraint(fields=["period", "position"], name="position_once"),
            models.UniqueConstraint(fields=["period", "study_case"], name="case_once_per_period"),
        ]

    def __str__(self) -> str:
        return f"{self.period_id} {self.position}"
