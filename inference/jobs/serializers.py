"""Shapes of the API's JSON, for checking what comes in and for the OpenAPI document."""

from typing import Any

from rest_framework import serializers

from inference.jobs.models import JobState

Row = dict[str, Any]


class LesionBox(serializers.Serializer[Row]):
    """A box given by a person: centre and full size in mm, DICOM patient coordinates (LPS)."""

    centre_mm = serializers.ListField(child=serializers.FloatField(), min_length=3, max_length=3)
    size_mm = serializers.ListField(child=serializers.FloatField(), min_length=3, max_length=3)


class InferenceRequest(serializers.Serializer[Row]):
    """Which system to run, and on which lesions when its own detector is not wanted."""

    system = serializers.CharField(max_length=40)
    lesions = LesionBox(many=True, required=False, default=list)


class JobError(serializers.Serializer[Row]):
    """Why a job failed: a stable code and one sentence."""

    code = serializers.CharField()
    message = serializers.CharField()


class Job(serializers.Serializer[Row]):
    """Where a job stands."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=JobState.choices)
    progress = serializers.FloatField(min_value=0, max_value=1)
    message = serializers.CharField(allow_blank=True)
    error = JobError(allow_null=True)


class ResultHeatmap(serializers.Serializer[Row]):
    """Where a heat map lies; its values are at ``url`` as int8 (z, y, x), value = int8/127*vmax."""

    id = serializers.UUIDField()
    method = serializers.CharField()
    series = serializers.CharField()
    phase = serializers.CharField(allow_null=True)
    shape_zyx = serializers.ListField(child=serializers.IntegerField())
    affine = serializers.ListField(child=serializers.FloatField(), min_length=16, max_length=16)
    vmax = serializers.FloatField()
    signed = serializers.BooleanField()
    completeness_error = serializers.FloatField(allow_null=True)
    caption = serializers.CharField()
    url = serializers.CharField()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Add ``class``, which Python reserves."""
        return {**super().get_fields(), "class": serializers.CharField()}


class Result(serializers.Serializer[Row]):
    """What a system said. Research use only - not for diagnosis."""

    id = serializers.UUIDField()
    system = serializers.CharField()
    version = serializers.CharField()
    weights_sha256 = serializers.CharField()
    configuration = serializers.CharField()
    aggregation = serializers.CharField()
    device = serializers.CharField()
    badge = serializers.CharField()
    decision = serializers.CharField(allow_null=True)
    probabilities = serializers.DictField(child=serializers.FloatField())
    stages = serializers.ListField(child=serializers.DictField())
    lesions = serializers.ListField(child=serializers.DictField())
    decision_lesion = serializers.IntegerField(allow_null=True)
    phases_used = serializers.ListField(child=serializers.CharField())
    phases_missing = serializers.ListField(child=serializers.CharField())
    warnings = serializers.ListField(child=serializers.DictField())
    heatmaps = ResultHeatmap(many=True)
    timings_ms = serializers.DictField(child=serializers.FloatField())
    software = serializers.DictField(child=serializers.CharField())
    downloads = serializers.DictField(child=serializers.CharField(), required=False)


class Inference(serializers.Serializer[Row]):
    """A job and, once it is done, its result."""

    job = Job()
    result = Result(allow_null=True)
