"""Who gets through to which address: one row per URL pattern and method.

A pattern without a row fails ``test_permission_matrix.py``, and so does a row without a pattern.
"Gets through" means any answer but a redirect to the sign-in page, 401, 403 or 404: a 400 or 409
came from behind the permission check.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tests.integration.cast import ANONYMOUS, Cast

Who = frozenset[str]

EVERYBODY: Who = frozenset(
    {
        ANONYMOUS,
        "admin",
        "coordinator",
        "truth",
        "statistician",
        "junior",
        "middle",
        "senior",
        "radiologist",
        "clinician",
        "coordinator2",
        "junior2",
    }
)
NOBODY: Who = frozenset()
SIGNED_IN = EVERYBODY - {ANONYMOUS}
ADMINISTRATORS: Who = frozenset({"admin"})
COORDINATORS: Who = frozenset({"coordinator", "coordinator2"})
READERS: Who = frozenset({"junior", "middle", "senior", "junior2"})


def no_arguments(cast: Cast) -> Mapping[str, Any]:
    """Return the URL arguments of a pattern that has none."""
    return {}


@dataclass(frozen=True)
class Row:
    """One URL pattern with one method.

    Parameters
    ----------
    route
        The pattern as the resolver spells it, from the root.
    who
        Names of the cast that get through.
    args
        Makes the pattern's arguments from the cast.
    body
        JSON (below ``/api/``) or form data to send.
    query
        Query string without the question mark.
    """

    route: str
    who: Who
    args: Callable[[Cast], Mapping[str, Any]] = no_arguments
    method: Literal["get", "post", "put", "patch", "delete", "head"] = "get"
    body: Mapping[str, Any] | None = None
    query: str = ""


def the(*names: str) -> Callable[[Cast], Mapping[str, Any]]:
    """Return what fills a pattern's arguments from the things on stage."""
    return lambda cast: {name: cast.things[name] for name in names}


def _person(cast: Cast) -> dict[str, Any]:
    return {"user_id": cast["junior"].pk}


CORE = (
    Row("", SIGNED_IN),
    Row("help/", EVERYBODY),
    Row("healthz", EVERYBODY),
    Row("jsi18n/", EVERYBODY),
    Row("i18n/setlang/", EVERYBODY, method="post", body={"language": "en"}),
    Row("favicon.ico", EVERYBODY),
    Row("health/", ADMINISTRATORS),
    Row("demo/clock/", NOBODY, method="post"),  # there is no such clock outside the demo
    Row("api/v1/schema/", SIGNED_IN),
    Row("api/v1/docs/", SIGNED_IN),
)

ACCOUNTS = (
    Row("sign-in/", EVERYBODY),
    Row("sign-out/", EVERYBODY, method="post"),
    Row("forgotten/", EVERYBODY),
    Row("new-password/<str:uid>/<str:token>/", NOBODY, lambda cast: {"uid": "x", "token": "y"}),
    Row("people/", ADMINISTRATORS),
    Row("people/<uuid:user_id>/", ADMINISTRATORS, _person),
    Row("people/<uuid:user_id>/link/", ADMINISTRATORS, _person, method="post"),
    Row("people/<uuid:user_id>/active/", ADMINISTRATORS, _person, method="post"),
    Row("api/v1/token/", EVERYBODY, method="post", body={"email": "x@example.org"}),
)

CASE_STAFF: Who = frozenset({"clinician", "radiologist", "admin"})
MODEL_VISITORS: Who = CASE_STAFF | COORDINATORS | {"statistician"}
RADIOLOGISTS: Who = frozenset({"radiologist"})
CLINICIANS: Who = frozenset({"clinician"})

UPLOADERS: Who = CLINICIANS | COORDINATORS | ADMINISTRATORS
OWNER: Who = CLINICIANS
OWNER_AND_ADMIN: Who = CLINICIANS | ADMINISTRATORS
_UPLOAD = "api/v1/uploads/<uuid:upload_id>/"
_CASE = "api/v1/cases/<uuid:case_id>/"
_SERIES = "api/v1/series/<uuid:series_id>/"


def _a_frame(cast: Cast) -> dict[str, Any]:
    return {"name": cast.things["series_id"], "number": 0}


IMAGING = (
    Row("upload/", UPLOADERS),
    Row("cases/", UPLOADERS | RADIOLOGISTS),
    Row("cases/<uuid:case_id>/", CASE_STAFF, the("case_id")),
    Row("series/<uuid:series_id>/phase/", OWNER_AND_ADMIN, the("series_id"), method="post"),
    Row("series/<uuid:series_id>/pictures/", OWNER_AND_ADMIN, the("series_id"), method="post"),
    Row("cases/<uuid:case_id>/names-checked/", OWNER_AND_ADMIN, the("case_id"), method="post"),
    Row("cases/<uuid:case_id>/blacken/", OWNER_AND_ADMIN, the("case_id"), method="post"),
    Row(f"{_CASE}names-checked/", OWNER_AND_ADMIN, the("case_id"), method="post"),
    Row("api/v1/uploads/", UPLOADERS),
    Row("api/v1/uploads/", UPLOADERS, method="post"),
    Row(_UPLOAD, OWNER, the("upload_id")),
    Row(_UPLOAD, OWNER, the("upload_id"), method="head"),
    Row(_UPLOAD, OWNER, the("upload_id"), method="patch"),
    Row(_UPLOAD, OWNER, the("upload_id"), method="delete"),
    Row(f"{_UPLOAD}complete/", OWNER, the("upload_id"), method="post"),
    Row("api/v1/cases/", SIGNED_IN),
    Row(_CASE, CASE_STAFF, the("case_id")),
    Row("cases/<uuid:case_id>/clinical/", OWNER_AND_ADMIN, the("case_id"), method="post"),
    Row(f"{_CASE}clinical/", CASE_STAFF, the("case_id")),
    Row(
        f"{_CASE}clinical/",
        OWNER_AND_ADMIN,
        the("case_id"),
        method="put",
        body={"values": {}},
    ),
    Row(f"{_CASE}manifest/", CASE_STAFF, the("case_id")),
    Row(f"{_CASE}tokens/", CASE_STAFF, the("case_id"), method="post"),
    Row(_SERIES, OWNER_AND_ADMIN, the("series_id"), method="patch", body={"phase": None}),
    Row(f"{_SERIES}thumbnail/", OWNER_AND_ADMIN, the("series_id")),
    Row("api/v1/frames/<slug:name>/<int:number>/", NOBODY, _a_frame),
)

_A_SYSTEM: dict[str, Any] = {"system": "lilnet_ct"}

JOBS = (
    Row("models/", MODEL_VISITORS),
    Row("models/<slug:system>/", MODEL_VISITORS, lambda cast: _A_SYSTEM),
    Row("models/<slug:system>/enabled/", ADMINISTRATORS, lambda cast: _A_SYSTEM, method="post"),
    Row("models/<slug:system>/preferred/", ADMINISTRATORS, lambda cast: _A_SYSTEM, method="post"),
    Row("cases/<uuid:case_id>/ai/", CASE_STAFF, the("case_id")),
    Row("api/v1/cases/<uuid:case_id>/inferences/", CASE_STAFF, the("case_id")),
    Row(
        "api/v1/cases/<uuid:case_id>/inferences/",
        CASE_STAFF,
        the("case_id"),
        method="post",
        body=_A_SYSTEM,
    ),
    Row("api/v1/cases/<uuid:case_id>/inferences/latest/", CASE_STAFF, the("case_id")),
    Row("api/v1/inferences/<uuid:job_id>/", CASE_STAFF, the("job_id")),
    Row("api/v1/inferences/<uuid:job_id>/retry/", CASE_STAFF, the("job_id"), method="post"),
    Row(
        "api/v1/inferences/<uuid:job_id>/revisions/",
        CLINICIANS | RADIOLOGISTS,
        the("job_id"),
        method="post",
        body={"edits": {}},
    ),
    Row(
        "api/v1/inferences/<uuid:job_id>/heatmaps/<uuid:heatmap_id>/",
        CASE_STAFF,
        the("job_id", "heatmap_id"),
    ),
    Row("api/v1/inferences/<uuid:job_id>/csv/", CASE_STAFF, the("job_id")),
    Row("api/v1/inferences/<uuid:job_id>/png/", CASE_STAFF, the("job_id")),
)

_SIGNATURE: dict[str, Any] = {"password": "not the right one"}

OPINIONS = (
    Row("opinions/", RADIOLOGISTS),
    Row("opinions/<uuid:opinion_id>/", RADIOLOGISTS, the("opinion_id")),
    Row("opinions/<uuid:opinion_id>/", RADIOLOGISTS, the("opinion_id"), method="post"),
    Row("opinions/<uuid:opinion_id>/claim/", RADIOLOGISTS, the("opinion_id"), method="post"),
    Row("opinions/<uuid:opinion_id>/release/", RADIOLOGISTS, the("opinion_id"), method="post"),
    Row("opinions/<uuid:opinion_id>/ai/", RADIOLOGISTS, the("opinion_id"), method="post"),
    Row("opinions/<uuid:opinion_id>/report/", CASE_STAFF, the("opinion_id")),
    Row("opinions/<uuid:opinion_id>/report.pdf", CASE_STAFF, the("opinion_id")),
    Row("cases/<uuid:case_id>/opinion/", CASE_STAFF, the("case_id")),
    Row("cases/<uuid:case_id>/opinion/ask/", CLINICIANS, the("case_id")),
    Row("cases/<uuid:case_id>/opinion/ask/", CLINICIANS, the("case_id"), method="post"),
    Row("api/v1/cases/<uuid:case_id>/opinions/", CASE_STAFF, the("case_id")),
    Row("api/v1/cases/<uuid:case_id>/opinions/", CLINICIANS, the("case_id"), method="post"),
    Row("api/v1/opinions/<uuid:opinion_id>/", CASE_STAFF, the("opinion_id")),
    *(
        Row(f"api/v1/opinions/<uuid:opinion_id>/{verb}/", RADIOLOGISTS, the("opinion_id"), "post")
        for verb in ("claim", "release", "ai")
    ),
    Row("api/v1/opinions/<uuid:opinion_id>/draft/", RADIOLOGISTS, the("opinion_id"), "put"),
    *(
        Row(
            f"api/v1/opinions/<uuid:opinion_id>/{verb}/",
            RADIOLOGISTS,
            the("opinion_id"),
            method="post",
            body=_SIGNATURE,
        )
        for verb in ("sign", "addendum")
    ),
)
STUDY_STAFF: Who = frozenset({"coordinator", "truth", "statistician", "admin"})
ALL_STAFF = STUDY_STAFF | {"coordinator2"}
COORDINATOR: Who = frozenset({"coordinator"})
ANALYSTS: Who = frozenset({"coordinator", "statistician"})
JUNIOR: Who = frozenset({"junior"})

_STUDY = "studies/<uuid:study_id>/"
_READING = "api/v1/readings/<uuid:reading_id>/"
_AMENDMENT: dict[str, Any] = {"changes": {"washout_days": 29}, "reason": "A test"}


def _draft(cast: Cast) -> dict[str, Any]:
    return {"study_id": cast.things["draft_id"], "slug": "truth", "code": "C001"}


def _aided(cast: Cast) -> dict[str, Any]:
    things = cast.things
    return {"reading_id": things["aided_reading_id"], "heatmap_id": things["aided_heatmap_id"]}


STUDY_PAGES = (
    Row("worklist/", READERS),
    Row("read/<uuid:reading_id>/", JUNIOR, the("reading_id")),
    Row("validation/", SIGNED_IN),
    Row("studies/", ALL_STAFF),
    Row("studies/new/", COORDINATORS, method="post"),
    Row(_STUDY, STUDY_STAFF, the("study_id")),
    Row(f"{_STUDY}design/<slug:slug>/", COORDINATOR, _draft),
    Row(f"{_STUDY}lesion/<str:code>/", COORDINATOR, _draft),
    Row(f"{_STUDY}runs/", COORDINATOR, the("study_id"), method="post"),
    Row(f"{_STUDY}freeze/", COORDINATOR, the("study_id"), method="post"),
    Row(f"{_STUDY}lock/", COORDINATOR, the("study_id"), method="post"),
    Row(f"{_STUDY}unblind/", COORDINATOR, the("study_id"), method="post"),
    Row(f"{_STUDY}amend/", COORDINATOR, the("study_id"), method="post"),
    Row(f"{_STUDY}results/", STUDY_STAFF - {"truth"}, the("study_id")),
    Row(f"{_STUDY}report.html", STUDY_STAFF - {"truth"}, the("study_id")),
    Row(f"{_STUDY}report.pdf", STUDY_STAFF - {"truth"}, the("study_id")),
    Row(f"{_STUDY}rows/", STUDY_STAFF - {"truth"}, the("study_id")),
    Row(
        f"{_STUDY}figures/<str:analysis>.<slug:form>",
        STUDY_STAFF - {"truth"},
        lambda cast: {"study_id": cast.things["study_id"], "analysis": "bm_roc", "form": "svg"},
    ),
)

STUDY_API = (
    Row("api/v1/studies/", ALL_STAFF),
    Row("api/v1/studies/", COORDINATORS, method="post"),
    Row(f"api/v1/{_STUDY}", STUDY_STAFF, the("study_id")),
    Row(f"api/v1/{_STUDY}", COORDINATOR, the("study_id"), "patch", {"title": "x"}),
    Row(f"api/v1/{_STUDY}", COORDINATOR | {"truth"}, the("study_id"), "patch", {"reference": []}),
    Row(f"api/v1/{_STUDY}freeze/", COORDINATOR, the("study_id"), "post"),
    Row(f"api/v1/{_STUDY}amend/", COORDINATOR, the("study_id"), "post", _AMENDMENT),
    Row(f"api/v1/{_STUDY}lock/", COORDINATOR, the("study_id"), "post"),
    Row(f"api/v1/{_STUDY}unblind/", COORDINATOR, the("study_id"), "post"),
    Row(f"api/v1/{_STUDY}status/", STUDY_STAFF, the("study_id")),
    Row(f"api/v1/{_STUDY}results/", ANALYSTS, the("study_id")),
    Row(f"api/v1/{_STUDY}export/", ANALYSTS, the("study_id")),
    Row("api/v1/worklist/", READERS),
    *(
        Row(f"{_READING}{verb}/", JUNIOR, the("reading_id"), "post")
        for verb in ("open", "commit", "events", "tokens")
    ),
    Row(f"{_READING}draft/", JUNIOR, the("reading_id"), "put"),
    Row(f"{_READING}images/", JUNIOR, the("reading_id")),
    Row(f"{_READING}ai/", NOBODY, the("reading_id")),
    Row(f"{_READING}ai/", frozenset({"junior2"}), _aided),
    Row(f"{_READING}ai/heatmaps/<uuid:heatmap_id>/", frozenset({"junior2"}), _aided),
    Row(f"{_READING}ai/heatmaps/<uuid:heatmap_id>/", NOBODY, the("reading_id", "heatmap_id")),
)

ROWS = CORE + ACCOUNTS + IMAGING + JOBS + OPINIONS + STUDY_PAGES + STUDY_API
