"""Shapes of the API's JSON, for checking what comes in and for the OpenAPI document."""

from typing import Any

from rest_framework import serializers

from webapp.imaging.models import PHASES, PictureKind, UploadState

Row = dict[str, Any]


class SeriesOut(serializers.Serializer[Row]):
    """One series of a case."""

    id = serializers.UUIDField()
    modality = serializers.CharField()
    phase = serializers.ChoiceField(choices=PHASES, allow_null=True)
    phase_confidence = serializers.FloatField(allow_null=True)
    n_instances = serializers.IntegerField()
    n_frames = serializers.IntegerField()
    rows = serializers.IntegerField()
    columns = serializers.IntegerField()


class CaseSeries(SeriesOut):
    """One series with what only the case itself shows."""

    phase_reason = serializers.CharField(allow_blank=True)
    phase_corrected = serializers.BooleanField()
    calibrated = serializers.BooleanField()
    lossy = serializers.BooleanField()
    names_unchecked = serializers.BooleanField(help_text="nobody has looked for names in it yet")


class CaseOut(serializers.Serializer[Row]):
    """One case, de-identified."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    modality = serializers.CharField()
    calibrated = serializers.BooleanField()
    pinned = serializers.BooleanField()
    age_years = serializers.IntegerField(allow_null=True)
    sex = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    series = CaseSeries(many=True)


class SeriesChange(serializers.Serializer[Row]):
    """What a person knows better: the contrast phase (null: none), or what pictures are."""

    phase = serializers.ChoiceField(choices=PHASES, allow_null=True, required=False)
    modality = serializers.ChoiceField(
        choices=PictureKind.choices, required=False, help_text="of pictures without DICOM only"
    )


class ClinicalField(serializers.Serializer[Row]):
    """A clinical variable and its value, null if missing; a number unless ``values`` closes it."""

    name = serializers.CharField()
    unit = serializers.CharField(allow_blank=True)
    values = serializers.ListField(child=serializers.CharField())
    value = serializers.CharField(allow_null=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Add ``label``, which the base class has another use for."""
        return {**super().get_fields(), "label": serializers.CharField()}


class ClinicalChange(serializers.Serializer[Row]):
    """All clinical values of a case by name; what is left out or null is taken away."""

    values = serializers.DictField(
        child=serializers.CharField(max_length=20, allow_null=True, allow_blank=True)
    )


class IngestedCase(serializers.Serializer[Row]):
    """A case that got images, or already had them."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    series = SeriesOut(many=True)


class RefusedFile(serializers.Serializer[Row]):
    """A file that was not taken; see docs/ingest.md for the closed list of codes."""

    file = serializers.CharField()
    code = serializers.CharField()
    reason = serializers.CharField()


class IngestWarning(serializers.Serializer[Row]):
    """Something unusual about a case."""

    case = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class ReportOut(serializers.Serializer[Row]):
    """What became of an upload."""

    cases = IngestedCase(many=True)
    rejected = RefusedFile(many=True)
    quarantined = RefusedFile(many=True)
    warnings = IngestWarning(many=True)


class UploadOut(serializers.Serializer[Row]):
    """Where an upload stands; `report` is without file names."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=UploadState.choices)
    length = serializers.IntegerField()
    offset = serializers.IntegerField()
    ingested = serializers.IntegerField(help_text="files checked so far")
    total = serializers.IntegerField(help_text="files in all, 0 before the first")
    progress = serializers.FloatField(min_value=0, max_value=1, help_text="of the checking")
    fingerprint = serializers.CharField(help_text="as asked for, else empty")
    created_at = serializers.DateTimeField()
    report = ReportOut(allow_null=True)


class CompleteIn(serializers.Serializer[Row]):
    """How to take an upload in."""

    pixels_checked = serializers.BooleanField(
        default=False, help_text="a person has looked: no name shows in any picture"
    )
    pictures_are = serializers.ChoiceField(
        choices=PictureKind.choices,
        default=PictureKind.SLICES.value,
        help_text="what pictures without DICOM are",
    )


class CompleteOut(ReportOut):
    """The report, file names included, and the upload it came from."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=UploadState.choices)


class FrameTokens(serializers.Serializer[Row]):
    """Tokens for the frame addresses, by series; short-lived and bound to this session."""

    tokens = serializers.DictField(child=serializers.CharField())
    expires_in = serializers.IntegerField(help_text="seconds")
