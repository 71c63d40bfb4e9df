"""Reads about people."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from webapp.accounts.models import Role, User
from webapp.core.errors import NotFound


def everybody() -> QuerySet[User]:
    """Return all people with their roles, by name."""
    return User.objects.prefetch_related("roles").order_by("display_name")


def person(user_id: UUID) -> User:
    """Return one person.

    Raises
    ------
    NotFound
        If there is none.
    """
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotFound(_("There is no such person."))
    return user


def with_role(role: Role) -> QuerySet[User]:
    """Return the active people who hold a role, by name."""
    return User.objects.filter(is_active=True, roles__role=role).order_by("display_name")


def by_email(email: str) -> User | None:
    """Return the active person with an address, ignoring case."""
    return User.objects.filter(email__iexact=email, is_active=True).first()
