"""What a signature covers, and whether it still does."""

import hashlib
import json
from datetime import UTC
from typing import Any

from django.utils.translation import gettext_noop

from webapp.opinions.models import OpinionRequest, Report

# Stored and hashed, so in one language; pages translate it when they show it.
MEANING = gettext_noop("I have read these images and am responsible for this opinion.")


def body(report: Report, request: OpinionRequest) -> dict[str, Any]:
    """Return everything that is signed, as JSON; question and printed name included."""
    return {
        "request": str(request.pk),
        "case": str(request.case_id),
        "question": request.question,
        "version": report.version,
        "findings": report.findings,
        "impression": report.impression,
        "category": report.category,
        "reason": report.reason,
        "ai_job": str(report.ai_job_id) if report.ai_job_id else None,
        "ai_seen": report.ai_seen,
        "signed_by": str(report.signed_by_id),
        "signer_name": report.signer_name,
        "signed_at": report.signed_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "meaning": report.meaning,
    }


def digest(report: Report, request: OpinionRequest) -> str:
    """Return the SHA-256 of the canonical JSON of :func:`body`."""
    canonical = json.dumps(
        body(report, request), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def intact(report: Report) -> bool:
    """Say whether a stored report is what was signed."""
    return digest(report, report.request) == report.body_sha256
