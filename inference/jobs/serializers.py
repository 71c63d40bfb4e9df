"""Shapes of the API's JSON, for checking what comes in and for the OpenAPI document."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from inference.jobs.models import JobState

Row = dict[str, Any]
MOST_CORNERS = 2000


class LesionBox(serializers.Serializer[Row]):
    """A box given by a person: centre and full size in mm, DICOM patient coordinates (LPS)."""

    centre_mm = serializers.ListField(child=serializers.FloatField(), min_length=3, max_length=3)
    size_mm = serializers.ListField(child=serializers.FloatField(), min_length=3, max_length=3)


def _polygon(**options: Any) -> serializers.ListField:
    corner = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2)
    return serializers.ListField(child=corner, min_length=3, max_length=MOST_CORNERS, **options)


class FrameOutline(serializers.Serializer[Row]):
    """A lesion outlined on a frame of the viewer's manifest; corners [column, row] in pixels."""

    series = serializers.UUIDField()
    frame = serializers.IntegerField(min_value=0)
    lesion = _polygon()
    background = _polygon(required=False, allow_null=True, default=None)


class InferenceRequest(serializers.Serializer[Row]):
    """Which system to run, and what a person has marked for it."""

    system = serializers.CharField(max_length=40)
    lesions = LesionBox(many=True, required=False, default=list)
    outlines = FrameOutline(many=True, required=False, default=list)


class JobError(serializers.Serializer[Row]):
    """Why a job failed: a stable code and one sentence."""

    code = serializers.CharField()
    message = serializers.CharField()


class Job(serializers.Serializer[Row]):
    """Where a job stands."""

    id = serializers.UUIDField()
    system = serializers.CharField()
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


MOST_SLICES = 300


class PointMm(serializers.ListField):
    """x, y, z in LPS mm; pixels and frame where images have no geometry."""

    child = serializers.FloatField(min_value=-1e5, max_value=1e5)

    def __init__(self, **options: Any) -> None:
        super().__init__(min_length=3, max_length=3, **options)


class RedrawnSlice(serializers.Serializer[Row]):
    """One slice of the lesion as a person sees it; no corners where it shows none."""

    at_mm = PointMm()
    corners_mm = serializers.ListField(child=PointMm(), max_length=MOST_CORNERS)


class FindingEdits(serializers.Serializer[Row]):
    """A person's values by the finding's name, "" for not stated, and slices redrawn."""

    edits = serializers.DictField(child=serializers.CharField(max_length=20, allow_blank=True))
    outlines = RedrawnSlice(many=True, required=False, default=list)

    def validate_outlines(self, outlines: list[Row]) -> list[Row]:
        """Bound the number of slices."""
        if len(outlines) > MOST_SLICES:
            raise serializers.ValidationError(
                _("A lesion is redrawn on at most %(most)s slices, found %(found)s.")
                % {"most": MOST_SLICES, "found": len(outlines)}
            )
        return outlines


class ResultFinding(serializers.Serializer[Row]):
    """A value beside the probabilities: a feature, a biomarker, a category."""

    group = serializers.CharField()
    name = serializers.CharField()
    value = serializers.JSONField(allow_null=True, help_text="number, word or truth value")
    unit = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)


class ResultRevision(serializers.Serializer[Row]):
    """What a person changed, and all findings as they follow from it."""

    number = serializers.IntegerField()
    edits = serializers.DictField(child=serializers.CharField(allow_blank=True))
    outlines = RedrawnSlice(many=True)
    findings = ResultFinding(many=True)
    made_by = serializers.CharField()
    made_at = serializers.DateTimeField()


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
    findings = ResultFinding(many=True)
    editable = serializers.ListField(child=serializers.DictField())
    redraw_series = serializers.CharField(
        allow_null=True, help_text="series whose lesion outline may be redrawn"
    )
    revision = ResultRevision(allow_null=True)
    revise_url = serializers.CharField(required=False)
    heatmaps = ResultHeatmap(many=True)
    timings_ms = serializers.DictField(child=serializers.FloatField())
    software = serializers.DictField(child=serializers.CharField())
    downloads = serializers.DictField(child=serializers.CharField(), required=False)


class Inference(serializers.Serializer[Row]):
    """A job and, once it is done, its result."""

    job = Job()
    result = Result(allow_null=True)
