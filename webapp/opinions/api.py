"""Second opinions over HTTP: ask, take, draft, look at the AI, sign, add to."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from inference.jobs.results import result_json
from webapp.accounts.access import HasRole, signed_in
from webapp.accounts.models import Role, User
from webapp.core.clock import request_clock
from webapp.imaging import selectors as imaging
from webapp.opinions import reports, selectors, services
from webapp.opinions.models import OpinionRequest, Report
from webapp.opinions.rules import Opinion
from webapp.opinions.serializers import OpinionDetail, OpinionDraft, Question, Signature

ASKERS = (Role.CLINICIAN, Role.COORDINATOR)
STAFF = (*ASKERS, Role.RADIOLOGIST, Role.ADMINISTRATOR)


def opinion_json(opinion: OpinionRequest, user: User) -> dict[str, Any]:
    """Return a request as JSON; its draft and unsigned AI view only to who is reading it."""
    signed = selectors.versions(opinion)
    reader = opinion.claimed_by_id == user.pk
    draft = selectors.draft_of(opinion, user) if reader else None
    job = selectors.ai_beside(signed[0]) if signed else None
    if job is None and reader:
        job = selectors.ai_shown(opinion)
    return {
        "id": str(opinion.pk),
        "case": str(opinion.case_id),
        "code": opinion.case.code,
        "question": opinion.question,
        "urgent": opinion.urgent,
        "state": opinion.state,
        "requested_at": opinion.requested_at,
        "reports": [_report_json(report) for report in signed],
        "draft": OpinionDraft(vars(draft)).data if draft else None,
        "ai": result_json(job, until=signed[0].signed_at if signed else None) if job else None,
    }


def _report_json(report: Report) -> dict[str, Any]:
    return {
        "version": report.version,
        "findings": report.findings,
        "impression": report.impression,
        "category": report.category,
        "reason": report.reason,
        "ai_job": report.ai_job_id,
        "ai_seen": report.ai_seen,
        "signer": report.signer_name,
        "signed_at": report.signed_at,
        "meaning": report.meaning,
        "body_sha256": report.body_sha256,
    }


class CaseOpinions(APIView):
    """The questions asked on one case."""

    def get_permissions(self) -> list[Any]:
        """Let askers ask; whoever may see the case may read."""
        return [HasRole.of(*(ASKERS if self.request.method == "POST" else STAFF))()]

    @extend_schema(responses=OpinionDetail(many=True), operation_id="case_opinions_list")
    def get(self, request: Request, case_id: UUID) -> Response:
        """Answer with the case's requests, the latest first."""
        user = signed_in(request)
        case = imaging.case_for(user, case_id)
        return Response([opinion_json(one, user) for one in selectors.opinions_of(case)])

    @extend_schema(
        request=Question, responses={201: OpinionDetail}, operation_id="case_opinions_create"
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        """Ask a question on the case."""
        user = signed_in(request)
        case = imaging.case_for(user, case_id)
        form = Question(data=request.data)
        form.is_valid(raise_exception=True)
        opinion = services.request_opinion(
            case=case,
            actor=user,
            clock=request_clock(request),
            **form.validated_data,
        )
        return Response(opinion_json(opinion, user), status=201)


class OpinionView(APIView):
    """One request."""

    permission_classes = [HasRole.of(*STAFF)]

    @extend_schema(responses=OpinionDetail, operation_id="opinion_retrieve")
    def get(self, request: Request, opinion_id: UUID) -> Response:
        """Answer with the request, its reports and the AI result beside them."""
        user = signed_in(request)
        return Response(opinion_json(selectors.opinion_for(user, opinion_id), user))


class _RadiologistView(APIView):
    """What only the radiologist on duty does to a request."""

    permission_classes = [HasRole.of(Role.RADIOLOGIST)]

    def opinion(self, request: Request, opinion_id: UUID) -> OpinionRequest:
        """Return the request, if the radiologist may see its case."""
        return selectors.opinion_for(signed_in(request), opinion_id)

    def signature(self, request: Request, opinion_id: UUID) -> dict[str, Any]:
        """Return what a signing service needs."""
        form = Signature(data=request.data)
        form.is_valid(raise_exception=True)
        written = dict(form.validated_data)
        return {
            "request": self.opinion(request, opinion_id),
            "password": written.pop("password"),
            "opinion": Opinion(**written),
            "actor": signed_in(request),
            "clock": request_clock(request),
        }

    def answer(self, request: Request, opinion_id: UUID) -> Response:
        """Answer with the request as it stands now."""
        return Response(opinion_json(self.opinion(request, opinion_id), signed_in(request)))


class OpinionClaim(_RadiologistView):
    """Taking a request."""

    @extend_schema(request=None, responses=OpinionDetail, operation_id="opinion_claim")
    def post(self, request: Request, opinion_id: UUID) -> Response:
        """Take the request; 409 when a colleague was faster."""
        services.claim(
            request=self.opinion(request, opinion_id),
            actor=signed_in(request),
            clock=request_clock(request),
        )
        return self.answer(request, opinion_id)


class OpinionRelease(_RadiologistView):
    """Giving a request back."""

    @extend_schema(request=None, responses=OpinionDetail, operation_id="opinion_release")
    def post(self, request: Request, opinion_id: UUID) -> Response:
        """Give the request back to the worklist."""
        services.release(
            request=self.opinion(request, opinion_id),
            actor=signed_in(request),
            clock=request_clock(request),
        )
        return self.answer(request, opinion_id)


class OpinionDraftView(_RadiologistView):
    """What is written and not signed."""

    @extend_schema(request=OpinionDraft, responses=OpinionDetail, operation_id="opinion_draft")
    def put(self, request: Request, opinion_id: UUID) -> Response:
        """Keep what is written so far."""
        form = OpinionDraft(data=request.data)
        form.is_valid(raise_exception=True)
        services.save_draft(
            request=self.opinion(request, opinion_id),
            opinion=Opinion(**form.validated_data),
            actor=signed_in(request),
            clock=request_clock(request),
        )
        return self.answer(request, opinion_id)


class OpinionAi(_RadiologistView):
    """Looking at the AI result."""

    @extend_schema(request=None, responses=OpinionDetail, operation_id="opinion_show_ai")
    def post(self, request: Request, opinion_id: UUID) -> Response:
        """Note that the radiologist looks at the AI now, and answer with it."""
        services.show_ai(
            request=self.opinion(request, opinion_id),
            actor=signed_in(request),
            clock=request_clock(request),
        )
        return self.answer(request, opinion_id)


class OpinionSign(_RadiologistView):
    """The signature."""

    @extend_schema(request=Signature, responses=OpinionDetail, operation_id="opinion_sign")
    def post(self, request: Request, opinion_id: UUID) -> Response:
        """Sign the report with the password."""
        reports.sign(**self.signature(request, opinion_id))
        return self.answer(request, opinion_id)


class OpinionAddendum(_RadiologistView):
    """A further version."""

    @extend_schema(request=Signature, responses=OpinionDetail, operation_id="opinion_addendum")
    def post(self, request: Request, opinion_id: UUID) -> Response:
        """Sign an addendum with the password; it needs a reason."""
        reports.add_addendum(**self.signature(request, opinion_id))
        return self.answer(request, opinion_id)
