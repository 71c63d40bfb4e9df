"""Studies for their staff: make, freeze, watch, lock, unblind, take away."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from inference.jobs.negotiation import AnyAccept
from readerstudy.api import shapes
from readerstudy.models import ReaderStudy, StudyRole
from readerstudy.reports.export import zipped
from readerstudy.selectors import progress
from readerstudy.selectors.concerns import concerns
from readerstudy.selectors.protocols import protocol_for
from readerstudy.selectors.readiness import readiness
from readerstudy.selectors.results import insist_on_unblinded, results
from readerstudy.selectors.studies import roles_in, studies_visible_to, study_for
from readerstudy.services.drafts import create_study, update_draft
from readerstudy.services.ending import amend, lock, unblind
from readerstudy.services.freezing import freeze
from webapp.accounts.access import HasRole, signed_in
from webapp.accounts.models import Role
from webapp.core.clock import request_clock
from webapp.core.errors import Forbidden, InvalidInput

STAFF = (Role.COORDINATOR, Role.TRUTH_KEEPER, Role.STATISTICIAN, Role.ADMINISTRATOR)
ANALYSTS = (StudyRole.COORDINATOR, StudyRole.STATISTICIAN)


def study_json(study: ReaderStudy) -> dict[str, Any]:
    """Return a study's line in the list."""
    return {
        "id": str(study.pk),
        "title": study.title,
        "state": study.state,
        "pilot": study.pilot,
        "protocol_sha256": study.protocol_sha256 or None,
        "created_at": study.created_at.isoformat(),
    }


def detail_json(study: ReaderStudy, roles: frozenset[str]) -> dict[str, Any]:
    """Return a study with its protocol, as far as the roles may know it."""
    draft = study.is_draft
    return {
        **study_json(study),
        "algorithm": study.algorithm or None,
        "protocol": protocol_for(study, roles),
        "readiness": [reason.to_json() for reason in readiness(study)] if draft else [],
        "concerns": [reason.to_json() for reason in concerns(study)] if draft else [],
    }


class Studies(APIView):
    """All studies of a person."""

    permission_classes = [HasRole.of(*STAFF)]

    @extend_schema(responses=shapes.StudyShape(many=True), operation_id="studies_list")
    def get(self, request: Request) -> Response:
        """Answer with the studies this person works on."""
        return Response([study_json(study) for study in studies_visible_to(signed_in(request))])

    @extend_schema(
        request=OpenApiTypes.OBJECT,
        responses={201: shapes.StudyDetailShape},
        operation_id="studies_create",
    )
    def post(self, request: Request) -> Response:
        """Make a study from a protocol (``protocol/1``)."""
        user = signed_in(request)
        if not user.has_role(Role.COORDINATOR):
            raise Forbidden(_("Only coordinators make studies."))
        study = create_study(protocol=request.data, actor=user, clock=request_clock(request))
        return Response(detail_json(study, roles_in(study, user)), status=201)


class StudyDetail(APIView):
    """One study."""

    permission_classes = [HasRole.of(*STAFF)]

    @extend_schema(responses=shapes.StudyDetailShape, operation_id="study_retrieve")
    def get(self, request: Request, study_id: UUID) -> Response:
        """Answer with the study and its protocol."""
        user = signed_in(request)
        study = study_for(user, study_id)
        return Response(detail_json(study, roles_in(study, user)))

    @extend_schema(
        request=OpenApiTypes.OBJECT,
        responses=shapes.StudyDetailShape,
        operation_id="study_change",
    )
    def patch(self, request: Request, study_id: UUID) -> Response:
        """Replace parts of a draft's protocol; truth keepers change the reference only."""
        user = signed_in(request)
        if not isinstance(request.data, dict):
            raise InvalidInput(_("The changed parts of the protocol are one JSON object."))
        wanted = [StudyRole.COORDINATOR]
        if set(request.data) == {"reference"}:
            wanted.append(StudyRole.TRUTH_KEEPER)
        study = study_for(user, study_id, *wanted)
        changed = update_draft(
            study=study, pieces=request.data, actor=user, clock=request_clock(request)
        )
        return Response(detail_json(changed, roles_in(changed, user)))


class StudyFreeze(APIView):
    """Sealing a protocol."""

    permission_classes = [HasRole.of(Role.COORDINATOR)]

    @extend_schema(request=None, responses=shapes.FrozenShape, operation_id="study_freeze")
    def post(self, request: Request, study_id: UUID) -> Response:
        """Draw the orders, pin the models and seal the protocol."""
        user = signed_in(request)
        study = study_for(user, study_id, StudyRole.COORDINATOR)
        frozen = freeze(study=study, actor=user, clock=request_clock(request))
        return Response(frozen.to_json())


class StudyAmend(APIView):
    """Changing a frozen study."""

    permission_classes = [HasRole.of(Role.COORDINATOR)]

    @extend_schema(
        request=shapes.AmendmentShape, responses=shapes.StudyShape, operation_id="study_amend"
    )
    def post(self, request: Request, study_id: UUID) -> Response:
        """Amend what keeps the drawn plan; the reason goes into the audit trail."""
        user = signed_in(request)
        study = study_for(user, study_id, StudyRole.COORDINATOR)
        form = shapes.AmendmentShape(data=request.data)
        form.is_valid(raise_exception=True)
        changed = amend(
            study=study,
            changes=form.validated_data["changes"],
            reason=form.validated_data["reason"],
            actor=user,
            clock=request_clock(request),
        )
        return Response(study_json(changed))


class StudyLock(APIView):
    """The end of reading."""

    permission_classes = [HasRole.of(Role.COORDINATOR)]

    @extend_schema(request=None, responses=shapes.StateShape, operation_id="study_lock")
    def post(self, request: Request, study_id: UUID) -> Response:
        """End reading."""
        user = signed_in(request)
        study = study_for(user, study_id, StudyRole.COORDINATOR)
        return Response(
            {"state": lock(study=study, actor=user, clock=request_clock(request)).state}
        )


class StudyUnblind(APIView):
    """The opening of the results."""

    permission_classes = [HasRole.of(Role.COORDINATOR)]

    @extend_schema(
        request=shapes.SignatureShape, responses=shapes.StateShape, operation_id="study_unblind"
    )
    def post(self, request: Request, study_id: UUID) -> Response:
        """Open the results; in a browser session the password is asked for as a signature."""
        user = signed_in(request)
        study = study_for(user, study_id, StudyRole.COORDINATOR)
        form = shapes.SignatureShape(data=request.data)
        form.is_valid(raise_exception=True)
        password = form.validated_data.get("password")
        in_browser = isinstance(request.successful_authenticator, SessionAuthentication)
        if in_browser and password is None:
            raise InvalidInput(
                _("Type your password to sign the unblinding."),
                fields={"password": _("Needed as a signature")},
            )
        opened = unblind(study=study, actor=user, clock=request_clock(request), password=password)
        return Response({"state": opened.state})


class StudyStatus(APIView):
    """How far a study has come."""

    permission_classes = [HasRole.of(*STAFF)]

    @extend_schema(responses=shapes.StatusShape, operation_id="study_status")
    def get(self, request: Request, study_id: UUID) -> Response:
        """Answer with done, total and next date of every reader and period."""
        study = study_for(signed_in(request), study_id)
        return Response(progress.status(study, request_clock(request)))


class StudyResults(APIView):
    """What came out."""

    permission_classes = [HasRole.of(*STAFF)]

    @extend_schema(responses=OpenApiTypes.OBJECT, operation_id="study_results")
    def get(self, request: Request, study_id: UUID) -> Response:
        """Answer with the ``analysis-result/1`` of the frozen plan; 409 before unblinding."""
        return Response(results(study_for(signed_in(request), study_id, *ANALYSTS)))


class StudyExport(APIView):
    """The study to take away."""

    permission_classes = [HasRole.of(*STAFF)]
    content_negotiation_class = AnyAccept

    @extend_schema(
        responses={(200, "application/zip"): OpenApiTypes.BINARY}, operation_id="study_export"
    )
    def get(self, request: Request, study_id: UUID) -> HttpResponse:
        """Answer with the export folder as ZIP, readers under their pseudonyms."""
        user = signed_in(request)
        study = study_for(user, study_id, *ANALYSTS)
        if StudyRole.COORDINATOR not in roles_in(study, user):
            insist_on_unblinded(study)  # the sealed protocol holds the reference standard
        response = HttpResponse(zipped(study), content_type="application/zip")
        response["Content-Disposition"] = f'attachment; filename="study-{study.pk}.zip"'
        response["Cache-Control"] = "private, no-store"
        return response
