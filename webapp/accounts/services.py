"""All writes about people."""

from collections.abc import Iterable

from django.contrib.auth import password_validation
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.encoding import force_bytes, force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext as _

from webapp.accounts.models import Role, RoleMembership, User
from webapp.core import audit
from webapp.core.clock import Clock
from webapp.core.errors import Conflict, InvalidInput, NotFound


@transaction.atomic
def create_user(
    *,
    email: str,
    display_name: str,
    roles: Iterable[Role],
    actor: User | None,
    clock: Clock,
    password: str | None = None,
) -> User:
    """Store a new person with roles.

    Raises
    ------
    Conflict
        If the address is taken.
    """
    if User.objects.filter(email__iexact=email).exists():
        raise Conflict(
            _("There is already a person with the address %(email)s.") % {"email": email},
            code="email_taken",
        )
    user = User.objects.create_user(email, password, display_name=display_name)
    granted = sorted(set(roles))
    RoleMembership.objects.bulk_create(
        RoleMembership(user=user, role=role, since=clock.now()) for role in granted
    )
    audit.record(
        chain=audit.SITE,
        actor=actor,
        action="user.created",
        target=user,
        data={"roles": granted},
        clock=clock,
    )
    return user


@transaction.atomic
def set_roles(*, user: User, roles: Iterable[Role], actor: User, clock: Clock) -> None:
    """Give a person exactly these roles.

    Raises
    ------
    Conflict
        If an administrator would take that role from themselves: somebody must be able to undo.
    """
    wanted, held = set(roles), set(user.role_names)
    if user == actor and Role.ADMINISTRATOR in held - wanted:
        raise Conflict(_("You can't take the administrator role from yourself."))
    user.roles.exclude(role__in=wanted).delete()
    RoleMembership.objects.bulk_create(
        RoleMembership(user=user, role=role, since=clock.now()) for role in sorted(wanted - held)
    )
    audit.record(
        chain=audit.SITE,
        actor=actor,
        action="user.roles_set",
        target=user,
        data={"before": sorted(held), "after": sorted(wanted)},
        clock=clock,
    )


@transaction.atomic
def set_active(*, user: User, active: bool, actor: User, clock: Clock) -> None:
    """Let a person in or keep them out; their work stays."""
    if user == actor:
        raise Conflict(_("You can't switch off your own account."))
    User.objects.filter(pk=user.pk).update(is_active=active)
    action = "user.activated" if active else "user.deactivated"
    audit.record(chain=audit.SITE, actor=actor, action=action, target=user, data={}, clock=clock)


@transaction.atomic
def one_time_link(*, user: User, actor: User, clock: Clock) -> tuple[str, str]:
    """Make the two parts of a link with which a person sets a new password, without any mail.

    Returns
    -------
    tuple of str
        Encoded user id and token; the link works once and for 24 hours.
    """
    audit.record(
        chain=audit.SITE, actor=actor, action="user.link_made", target=user, data={}, clock=clock
    )
    return urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)


def user_of_link(*, uid: str, token: str) -> User:
    """Return whom a one-time link belongs to.

    Raises
    ------
    NotFound
        If the link is used, too old or made up; all three read the same.
    """
    try:
        user = User.objects.get(pk=force_str(urlsafe_base64_decode(uid)), is_active=True)
    except (User.DoesNotExist, ValueError, ValidationError):
        user = None
    if user is None or not default_token_generator.check_token(user, token):
        raise NotFound(
            _("This link has been used or is older than a day. Ask an administrator for a new one.")
        )
    return user


@transaction.atomic
def set_password_by_link(*, uid: str, token: str, password: str, clock: Clock) -> User:
    """Set a new password through a one-time link.

    Raises
    ------
    NotFound
        If the link is no longer good.
    InvalidInput
        If the password is too weak; the reasons are in the sentence.
    """
    user = user_of_link(uid=uid, token=token)
    _check_strength(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    audit.record(
        chain=audit.SITE, actor=user, action="user.password_set", target=user, data={}, clock=clock
    )
    return user


def confirm_identity(*, user: User, password: str) -> None:
    """Ask for the password again before something is signed (21 CFR 11.200).

    Raises
    ------
    InvalidInput
        If it is wrong.
    """
    if not user.check_password(password):
        raise InvalidInput(
            _("The password is not right, so nothing was signed. Type it again."),
            code="wrong_password",
            fields={"password": _("Not right")},
        )


def _check_strength(password: str, user: User) -> None:
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        sentence = " ".join(error.messages)
        raise InvalidInput(sentence, code="weak_password", fields={"password": sentence}) from error
