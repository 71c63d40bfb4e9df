"""Shapes of the API's JSON, for checking what comes in and for the OpenAPI document."""

from typing import Any

from rest_framework import serializers

from inference.jobs.serializers import Result
from webapp.opinions.models import Category, OpinionState

Row = dict[str, Any]


class Question(serializers.Serializer[Row]):
    """What the clinician would like to know."""

    question = serializers.CharField(max_length=4000)
    urgent = serializers.BooleanField(required=False, default=False)


class OpinionDraft(serializers.Serializer[Row]):
    """What is written so far; everything may still be empty."""

    findings = serializers.CharField(required=False, allow_blank=True, default="")
    impression = serializers.CharField(required=False, allow_blank=True, default="")
    category = serializers.ChoiceField(
        choices=Category.choices, required=False, allow_blank=True, default=""
    )
    reason = serializers.CharField(required=False, allow_blank=True, default="")


class Signature(OpinionDraft):
    """The text to sign and the password that signs it."""

    password = serializers.CharField(trim_whitespace=False, write_only=True)


class SignedReport(serializers.Serializer[Row]):
    """One signed version."""

    version = serializers.IntegerField()
    findings = serializers.CharField()
    impression = serializers.CharField()
    category = serializers.ChoiceField(choices=Category.choices)
    reason = serializers.CharField(allow_blank=True)
    ai_job = serializers.UUIDField(allow_null=True)
    ai_seen = serializers.BooleanField()
    signer = serializers.CharField()
    signed_at = serializers.DateTimeField()
    meaning = serializers.CharField()
    body_sha256 = serializers.CharField()


class OpinionDetail(serializers.Serializer[Row]):
    """A request with its signed versions, the latest first, and the AI result beside them."""

    id = serializers.UUIDField()
    case = serializers.UUIDField()
    code = serializers.CharField()
    question = serializers.CharField()
    urgent = serializers.BooleanField()
    state = serializers.ChoiceField(choices=OpinionState.choices)
    requested_at = serializers.DateTimeField()
    reports = SignedReport(many=True)
    draft = OpinionDraft(allow_null=True)
    ai = Result(allow_null=True)
