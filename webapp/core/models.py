"""Base models, the audit trail, and the two rows that running processes keep."""

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class UUIDModel(models.Model):
    """A row with a key that says nothing about how many rows there are or when they came."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


class AuditEvent(UUIDModel):
    """One write, linked by hash to the one before it in the same chain.

    ``hash`` is the SHA-256 of the canonical JSON of every other column, so that a changed,
    removed or inserted row breaks the chain (see :mod:`webapp.core.audit`). Database triggers
    refuse UPDATE and DELETE.
    """

    chain = models.CharField(max_length=80, help_text=_("'site', or 'study:' and its id"))
    sequence = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    action = models.CharField(max_length=80)
    target_type = models.CharField(max_length=80, blank=True)
    target_id = models.CharField(max_length=40, blank=True)
    data = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["chain", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "sequence"], name="audit_chain_sequence"),
        ]

    def __str__(self) -> str:
        return f"{self.chain}#{self.sequence} {self.action}"


class AuditHead(models.Model):
    """The last link of a chain; locked while the next one is made."""

    chain = models.CharField(max_length=80, primary_key=True)
    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.chain}#{self.sequence}"


class WorkerHeartbeat(models.Model):
    """When a worker last said that it is alive."""

    name = models.CharField(max_length=120, primary_key=True)
    device = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%H:%M:%S}"


class DemoClock(models.Model):
    """How far the demo's clock runs ahead of the machine's; one row, demo mode only."""

    ahead_seconds = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(timedelta(seconds=self.ahead_seconds))

    @classmethod
    def ahead(cls) -> timedelta:
        """Return the shift, zero when nobody has moved the clock."""
        seconds: Any = cls.objects.values_list("ahead_seconds", flat=True).first()
        return timedelta(seconds=seconds or 0)
