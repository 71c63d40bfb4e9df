"""Every form of the pages, filled in as its person would, and texts that spoil a field."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.integration.cast import ANONYMOUS, Cast
from tests.integration.permission_matrix import no_arguments, the

Fields = Mapping[str, str]


@dataclass(frozen=True)
class FilledForm:
    """A form with what somebody could send.

    Parameters
    ----------
    route
        The pattern it is sent to, as in the permission matrix.
    name
        Who sends it.
    """

    route: str
    name: str
    fields: Fields
    args: Callable[[Cast], Mapping[str, Any]] = no_arguments


def _draft(**more: str) -> Callable[[Cast], Mapping[str, Any]]:
    return lambda cast: {"study_id": cast.things["draft_id"], **more}


def _person(cast: Cast) -> Mapping[str, Any]:
    return {"user_id": cast["junior"].pk}


_WIZARD = "studies/<uuid:study_id>/design/<slug:slug>/"
_OPINION: Fields = {"findings": "a", "impression": "b", "category": "benign", "password": "x"}
_READER = "junior@example.org"
WIZARD: Mapping[str, Fields] = {
    "cases": {"case": "9b2f9a3e-7d3c-4d0e-9f53-0f4f2d3a5b11"},
    "truth": {"truth-C001-bm": "benign", "truth-C001-dx": "FNH", "source-C001": "pathology"},
    "questions": {"text-bm": "Benign or malignant?", "required-bm": "on"},
    "readers": {"reader": _READER, f"level-{_READER}": "junior", f"years-{_READER}": "3"},
    "design": {"title": "T", "seed": "1", "washout_days": "28", "kind": "fixed", "period": "aided"},
    "ai": {"system-aided": "lilnet_ct", "show-aided": "label"},
    "analysis": {"plan": '{"schema": "analysis-plan/1"}'},
    "freeze": {},
}
FORMS = (
    FilledForm("sign-in/", ANONYMOUS, {"username": _READER, "password": "x", "next": "/help/"}),
    FilledForm("people/", "admin", {"display_name": "N", "email": "n@e.org", "roles": "reader"}),
    FilledForm("people/<uuid:user_id>/", "admin", {"roles": "reader"}, _person),
    FilledForm("people/<uuid:user_id>/active/", "admin", {"active": "1"}, _person),
    FilledForm("i18n/setlang/", ANONYMOUS, {"language": "en", "next": "/help/"}),
    FilledForm(
        "series/<uuid:series_id>/phase/", "clinician", {"phase": "arterial"}, the("series_id")
    ),
    FilledForm(
        "series/<uuid:series_id>/pictures/", "clinician", {"pictures": "US"}, the("series_id")
    ),
    FilledForm("cases/<uuid:case_id>/blacken/", "clinician", {"rectangles": "{}"}, the("case_id")),
    FilledForm(
        "models/<slug:system>/enabled/",
        "admin",
        {"enabled": "1"},
        lambda cast: {"system": "lilnet_ct"},
    ),
    FilledForm("cases/<uuid:case_id>/clinical/", "clinician", {"age": "60"}, the("case_id")),
    FilledForm("cases/<uuid:case_id>/opinion/ask/", "clinician", {"question": "?"}, the("case_id")),
    FilledForm("opinions/<uuid:opinion_id>/", "radiologist", _OPINION, the("opinion_id")),
    FilledForm("studies/new/", "coordinator", {"title": "T"}),
    FilledForm(
        "studies/<uuid:study_id>/lesion/<str:code>/",
        "coordinator",
        {"centre_mm": "1,2,3", "size_mm": "4,5,6"},
        _draft(code="C001"),
    ),
    FilledForm(
        "studies/<uuid:study_id>/amend/",
        "coordinator",
        {"washout_days": "29", "reason": "A test"},
        the("study_id"),
    ),
    FilledForm(
        "studies/<uuid:study_id>/unblind/", "coordinator", {"password": "x"}, the("study_id")
    ),
    *(
        FilledForm(_WIZARD, "coordinator", fields, _draft(slug=slug))
        for slug, fields in WIZARD.items()
    ),
    FilledForm("demo/clock/", "junior", {"days": "28", "next": "/worklist/"}),
)
BUTTONS = {
    "sign-out/", "models/<slug:system>/preferred/", "people/<uuid:user_id>/link/",
    "studies/<uuid:study_id>/freeze/", "studies/<uuid:study_id>/lock/",
    "studies/<uuid:study_id>/runs/", "cases/<uuid:case_id>/names-checked/",
    *(f"opinions/<uuid:opinion_id>/{verb}/" for verb in ("claim", "release", "ai")),
}  # fmt: skip
"""Routes that are sent nothing but the press of a button."""

NASTY = (
    " ", "a\x00b", "x" * 20_000, "²", "-1", "9" * 5000, "nan", "<script>alert(1)</script>'; --",
    "🫀\u202e", "../../etc/passwd", "%(x)s {0} {{ 7 }}", "//evil.example", "[" * 5000,
)  # fmt: skip
"""Texts that break programs."""


def spoiled(fields: Fields) -> Iterator[dict[str, Any]]:
    """Yield the form with one field spoiled, missing or sent twice, and the empty form."""
    yield {}
    for name, value in fields.items():
        yield {key: text for key, text in fields.items() if key != name}
        yield {**fields, name: [value, ""]}
        for text in NASTY:
            yield {**fields, name: text}
