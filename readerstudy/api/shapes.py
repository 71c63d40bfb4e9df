"""Shapes of the API's JSON for the OpenAPI document; the services check what comes in."""

from typing import Any

from rest_framework import serializers

from readerstudy.models import StudyState

Row = dict[str, Any]
Fields = dict[str, serializers.Field[Any, Any, Any, Any]]


class ReasonShape(serializers.Serializer[Row]):
    """One thing that stands in the way of freezing, and its remedy."""

    code = serializers.CharField()
    sentence = serializers.CharField()
    remedy = serializers.CharField()


class StudyShape(serializers.Serializer[Row]):
    """A reader study in the list."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=StudyState.choices)
    pilot = serializers.BooleanField()
    protocol_sha256 = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()


class StudyDetailShape(StudyShape):
    """A reader study with its protocol and, while it is a draft, what keeps it from freezing."""

    algorithm = serializers.CharField(allow_null=True)
    protocol = serializers.DictField()
    readiness = ReasonShape(many=True)
    concerns = ReasonShape(many=True)


class FrozenShape(serializers.Serializer[Row]):
    """What freezing has sealed."""

    state = serializers.CharField()
    protocol_sha256 = serializers.CharField()
    algorithm = serializers.CharField()
    assignments = serializers.IntegerField()


class StateShape(serializers.Serializer[Row]):
    """The state a study is in now."""

    state = serializers.CharField()


class SignatureShape(serializers.Serializer[Row]):
    """The password, typed again by whoever signs; programs with a token may leave it out."""

    password = serializers.CharField(required=False, trim_whitespace=False)


class AmendmentShape(serializers.Serializer[Row]):
    """A change after freezing, with its reason."""

    changes = serializers.DictField()
    reason = serializers.CharField()


class ProgressShape(serializers.Serializer[Row]):
    """One reader's period."""

    reader = serializers.CharField()
    period = serializers.IntegerField()
    arm = serializers.CharField()
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    next_due = serializers.DateTimeField(allow_null=True)


class StatusShape(serializers.Serializer[Row]):
    """How far a study has come."""

    state = serializers.CharField()
    protocol_sha256 = serializers.CharField(allow_null=True)
    readers = ProgressShape(many=True)


class NextShape(serializers.Serializer[Row]):
    """The reading that comes next, and its page."""

    reading = serializers.UUIDField()
    url = serializers.CharField()


class WorkShape(serializers.Serializer[Row]):
    """A reader's work in one study."""

    title = serializers.CharField()
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    seconds_today = serializers.FloatField()
    next = NextShape(allow_null=True)
    next_due = serializers.DateTimeField(allow_null=True)


class WorklistShape(serializers.Serializer[Row]):
    """A reader's work."""

    studies = WorkShape(many=True)


class ReadingShape(serializers.Serializer[Row]):
    """An open reading under its opaque code."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    n = serializers.IntegerField()
    total = serializers.IntegerField()
    period = serializers.IntegerField()
    ai = serializers.BooleanField()
    state = serializers.CharField()


class DraftShape(serializers.Serializer[Row]):
    """Answers by question id; ``revision`` is the one they were based on."""

    answers = serializers.DictField()
    revision = serializers.IntegerField(min_value=0)


class RevisionShape(serializers.Serializer[Row]):
    """The revision a saved draft has now."""

    revision = serializers.IntegerField()


class OpenedShape(serializers.Serializer[Row]):
    """Everything the reading form needs."""

    reading = ReadingShape()
    index_lesion = serializers.DictField(allow_null=True)
    questions = serializers.ListField(child=serializers.DictField())
    exceptions = serializers.ListField(child=serializers.DictField())
    draft = DraftShape()
    images_url = serializers.CharField()
    tokens_url = serializers.CharField()
    ai_url = serializers.CharField(allow_null=True)
    events_url = serializers.CharField()
    draft_url = serializers.CharField()
    commit_url = serializers.CharField()


class CommitShape(serializers.Serializer[Row]):
    """Complete answers; the key may come as the header ``Idempotency-Key`` instead."""

    answers = serializers.DictField()
    idempotency_key = serializers.CharField(required=False)


class CommittedShape(serializers.Serializer[Row]):
    """That a reading is stored, and what comes next."""

    committed = serializers.BooleanField()
    next = NextShape(allow_null=True)
    next_due = serializers.DateTimeField(allow_null=True)


class EventShape(serializers.Serializer[Row]):
    """What the browser saw, and when on its own clock."""

    kind = serializers.CharField()
    at_ms = serializers.FloatField(min_value=0)


class StoredShape(serializers.Serializer[Row]):
    """How many events were stored."""

    stored = serializers.IntegerField()


class TokensShape(serializers.Serializer[Row]):
    """Frame tokens by series."""

    tokens = serializers.DictField(child=serializers.CharField())
    expires_in = serializers.IntegerField()
