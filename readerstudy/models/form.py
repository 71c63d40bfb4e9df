"""What readers are asked, and under which conditions."""

from django.db import models

from readerstudy.models.study import ReaderStudy
from webapp.core.models import UUIDModel


class Arm(UUIDModel):
    """A condition of reading: without AI, or with what `ai` names.

    `ai` is null or ``{"system", "show", "version", "weights_sha256"}``, the last two from
    freezing on.
    """

    study = models.ForeignKey(ReaderStudy, on_delete=models.CASCADE, related_name="arms")
    number = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=40)
    ai = models.JSONField(null=True)

    class Meta:
        ordering = ["study", "number"]
        constraints = [models.UniqueConstraint(fields=["study", "key"], name="arm_once")]

    def __str__(self) -> str:
        return self.key


class Question(UUIDModel):
    """One question of the answer form, as in :class:`readerstudy.protocol.schema.QuestionEntry`."""

    study = models.ForeignKey(ReaderStudy, on_delete=models.CASCADE, related_name="questions")
    number = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=40)
    kind = models.CharField(max_length=10)
    text = models.CharField(max_length=400)
    choices = models.JSONField(default=list)
    minimum = models.FloatField(null=True)
    maximum = models.FloatField(null=True)
    task = models.CharField(max_length=40, blank=True)
    role = models.CharField(max_length=12, blank=True)
    required = models.BooleanField(default=False)

    class Meta:
        ordering = ["study", "number"]
        constraints = [models.UniqueConstraint(fields=["study", "key"], name="question_once")]

    def __str__(self) -> str:
        return self.key
