"""Pages about people: sign in and out, one-time links, the list for administrators."""

from uuid import UUID

from django.contrib.auth import login
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from webapp.accounts import selectors, services
from webapp.accounts.access import role_required, signed_in
from webapp.accounts.demo import demo_logins
from webapp.accounts.forms import NewPasswordForm, PersonForm, RolesForm, SignInForm
from webapp.accounts.models import Role
from webapp.core.clock import request_clock
from webapp.core.errors import DomainError


class SignIn(LoginView):
    """Sign in; in demo mode the page lists the demo logins."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True
    extra_context = {"demo_logins": demo_logins}


def new_password(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Set a password through a one-time link, then go on signed in."""
    person = services.user_of_link(uid=uid, token=token)
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = services.set_password_by_link(
                uid=uid,
                token=token,
                password=form.cleaned_data["password"],
                clock=request_clock(request),
            )
        except DomainError as error:
            form.add_error("password", error.message)
        else:
            login(request, user, backend="django.contrib.auth.backends.ModelBackend")
            return redirect("home")
    return render(request, "accounts/new_password.html", {"form": form, "person": person})


@require_GET
def forgotten(request: HttpRequest) -> HttpResponse:
    """Say how to come in again without mail."""
    return render(request, "accounts/forgotten.html")


@role_required(Role.ADMINISTRATOR)
def people(request: HttpRequest) -> HttpResponse:
    """List people and add one."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = services.create_user(
                email=form.cleaned_data["email"],
                display_name=form.cleaned_data["display_name"],
                roles=[Role(role) for role in form.cleaned_data["roles"]],
                actor=signed_in(request),
                clock=request_clock(request),
            )
        except DomainError as error:
            form.add_error("email", error.message)
        else:
            return redirect("accounts:person", user_id=user.pk)
    context = {"people": selectors.everybody(), "form": form}
    return render(request, "accounts/people.html", context)


@role_required(Role.ADMINISTRATOR)
def person(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Show one person and change their roles."""
    user = selectors.person(user_id)
    form = RolesForm(request.POST or None, initial={"roles": sorted(user.role_names)})
    if request.method == "POST" and form.is_valid():
        services.set_roles(
            user=user,
            roles=[Role(role) for role in form.cleaned_data["roles"]],
            actor=signed_in(request),
            clock=request_clock(request),
        )
        return redirect("accounts:people")
    return render(request, "accounts/person.html", {"person": user, "form": form})


@role_required(Role.ADMINISTRATOR)
@require_POST
def link(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Make a one-time link and show it once, to be copied."""
    user = selectors.person(user_id)
    uid, token = services.one_time_link(
        user=user, actor=signed_in(request), clock=request_clock(request)
    )
    address = request.build_absolute_uri(reverse("accounts:new-password", args=[uid, token]))
    form = RolesForm(initial={"roles": sorted(user.role_names)})
    context = {"person": user, "form": form, "link": address}
    return render(request, "accounts/person.html", context)


@role_required(Role.ADMINISTRATOR)
@require_POST
def active(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Switch an account on or off."""
    services.set_active(
        user=selectors.person(user_id),
        active=request.POST.get("active") == "1",
        actor=signed_in(request),
        clock=request_clock(request),
    )
    return redirect("accounts:people")
