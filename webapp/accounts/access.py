"""Who may use a view: roles for pages and for the API, answered in one way."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from webapp.accounts.models import Role, User
from webapp.core.errors import Forbidden
from webapp.core.problems import FORM_TOO_OLD

View = Callable[..., HttpResponse]


def signed_in(request: HttpRequest | Request) -> User:
    """Return the person behind a request that a role check has let through."""
    return cast(User, request.user)


def role_required(*allowed: Role) -> Callable[[View], View]:
    """Let only people with one of the roles use a page; others get one clear sentence.

    Raises
    ------
    Forbidden
        When the person is signed in and holds none of the roles, or sends a form signed out.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                if request.method == "POST":  # a redirect would lose what was typed
                    raise Forbidden(str(FORM_TOO_OLD), code="session_expired")
                return redirect_to_login(request.get_full_path())
            if not signed_in(request).has_role(*allowed):
                raise Forbidden(_("Your role does not allow this."))
            return view(request, *args, **kwargs)

        return guarded

    return decorate


class HasRole(BasePermission):
    """DRF permission; use ``HasRole.of(Role.X, ...)`` in ``permission_classes``."""

    allowed: tuple[Role, ...] = ()

    @classmethod
    def of(cls, *allowed: Role) -> type["HasRole"]:
        """Return a permission class for any of the roles."""
        name = "HasRole" + "".join(role.value.title() for role in allowed)
        return type(name, (cls,), {"allowed": allowed})

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Say whether the signed-in person holds one of the roles."""
        user = request.user
        return bool(user and user.is_authenticated and signed_in(request).has_role(*self.allowed))
