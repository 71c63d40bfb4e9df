"""What a second opinion has to be before it is stored or signed."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from webapp.accounts.models import User
from webapp.core.errors import Conflict, Forbidden, InvalidInput
from webapp.opinions.models import Category, OpinionRequest, OpinionState


@dataclass(frozen=True)
class Opinion:
    """What a radiologist writes; `reason` only for an addendum."""

    findings: str
    impression: str
    category: str
    reason: str = ""


def check_reader(request: OpinionRequest, actor: User) -> None:
    """Refuse whoever hasn't taken the request.

    Raises
    ------
    Conflict
        If nobody has.
    Forbidden
        If a colleague has.
    """
    if request.claimed_by_id is None:
        raise Conflict(_("Take the request first; nobody is reading it."), code="not_claimed")
    if request.claimed_by_id != actor.pk:
        raise Forbidden(_("A colleague is reading this request."), code="already_claimed")


def check_turn(request: OpinionRequest, *, addendum: bool) -> None:
    """Refuse a second report, and an addendum to nothing.

    Raises
    ------
    Conflict
        If it isn't this one's turn.
    """
    signed = request.state == OpinionState.SIGNED
    if signed and not addendum:
        raise Conflict(_("This report is signed; write an addendum to change something."))
    if addendum and not signed:
        raise Conflict(_("There is nothing to add to yet; sign the report first."))


def check_category(category: str, *, required: bool) -> None:
    """Refuse a category that isn't of the list.

    Raises
    ------
    InvalidInput
        If it is another word, or missing though required.
    """
    if category not in Category.values and (category or required):
        raise InvalidInput(
            _("Choose a category: %(names)s.")
            % {"names": ", ".join(str(label) for label in Category.labels)},
            fields={"category": _("Missing")},
        )


def check_complete(opinion: Opinion, *, addendum: bool) -> None:
    """Refuse what isn't ready to be signed.

    Raises
    ------
    InvalidInput
        If something is missing; `fields` names all of it.
    """
    check_category(opinion.category, required=True)
    names = {"findings": _("findings"), "impression": _("impression")}
    if addendum:
        names["reason"] = _("reason for the addendum")
    missing = {key: name for key, name in names.items() if not getattr(opinion, key).strip()}
    if missing:
        raise InvalidInput(
            _("Before signing, fill in: %(names)s.") % {"names": ", ".join(missing.values())},
            fields={key: _("Missing") for key in missing},
        )
