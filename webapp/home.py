"""Pages that belong to no single room: home, help, favicon."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_GET


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the one thing to do next for each role the person holds."""
    return render(request, "home.html")


@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """Explain the product, the keys and the words, for everyone."""
    return render(request, "help.html")


@require_GET
def favicon(request: HttpRequest) -> HttpResponse:
    """Send browsers that ask for /favicon.ico to the icon."""
    return redirect(static("icon.svg"), permanent=True)
