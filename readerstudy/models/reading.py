"""What readers do: sittings, readings, drafts, answers and events."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from readerstudy.models.form import Question
from readerstudy.models.plan import Assignment, Reader
from webapp.core.models import UUIDModel


class ReadingSession(UUIDModel):
    """One sitting of a reader: readings without a longer break between them."""

    reader = models.ForeignKey(Reader, on_delete=models.CASCADE, related_name="sessions")
    started_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        ordering = ["reader", "started_at"]

    def __str__(self) -> str:
        return f"{self.reader_id} {self.started_at:%Y-%m-%d %H:%M}"


class ReadingState(models.TextChoices):
    """Where a reading stands; an assignment without one has not been opened."""

    OPEN = "open", _("Open")
    COMMITTED = "committed", _("Committed")


class Reading(models.Model):
    """An assignment being done or done; it has the assignment's own key."""

    assignment = models.OneToOneField(
        Assignment, primary_key=True, on_delete=models.PROTECT, related_name="reading"
    )
    session = models.ForeignKey(ReadingSession, on_delete=models.PROTECT, related_name="readings")
    state = models.CharField(max_length=10, choices=ReadingState.choices, default=ReadingState.OPEN)
    opened_at = models.DateTimeField()
    committed_at = models.DateTimeField(null=True)
    idempotency_key = models.CharField(max_length=80, blank=True)
    active_seconds = models.FloatField(null=True)

    class Meta:
        ordering = ["opened_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="open", committed_at__isnull=True)
                | models.Q(state="committed", committed_at__isnull=False),
                name="reading_committed_at",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class Draft(UUIDModel):
    """Answers being given; `revision` counts the saves, so that two windows notice each other."""

    reading = models.OneToOneField(Reading, on_delete=models.CASCADE, related_name="draft")
    answers = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.reading_id} r{self.revision}"


class Answer(UUIDModel):
    """One question's value; revisions are added, never changed.

    `question` is empty for the reason why a case could not be assessed.
    """

    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="answers")
    question = models.ForeignKey(Question, null=True, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveSmallIntegerField(default=1)
    value = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["reading", "question__number", "revision"]
        constraints = [
            models.UniqueConstraint(
                fields=["reading", "question", "revision"], name="answer_revision_once"
            ),
            models.UniqueConstraint(
                fields=["reading", "revision"],
                condition=models.Q(question__isnull=True),
                name="reason_revision_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reading_id} {self.question_id} r{self.revision}"


class ReadingEvent(UUIDModel):
    """Something that happened during a reading.

    `browser_ms` is the browser's own clock, empty for what the server saw itself.
    """

    reading = models.ForeignKey(Reading, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=24)
    at = models.DateTimeField(help_text=_("when the server saw it"))
    browser_ms = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["reading", "at", "browser_ms"]

    def __str__(self) -> str:
        return f"{self.reading_id} {self.kind}"
