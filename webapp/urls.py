"""Every address of the application."""

from django.urls import include, path
from django.views.i18n import JavaScriptCatalog

from webapp import home
from webapp.core import health

urlpatterns = [
    path("", home.home, name="home"),
    path("help/", home.help_page, name="help"),
    path("healthz", health.healthz, name="healthz"),
    path("jsi18n/", JavaScriptCatalog.as_view(), name="jsi18n"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("favicon.ico", home.favicon, name="favicon"),
    path("", include("webapp.operations.urls")),
    path("", include("webapp.accounts.urls")),
    path("", include("webapp.imaging.urls")),
    path("", include("inference.jobs.urls")),
    path("", include("webapp.opinions.urls")),
    path("", include("readerstudy.urls")),
    path("api/v1/", include("webapp.api.urls")),
]

handler400 = "webapp.core.problems.bad_request"
handler403 = "webapp.core.problems.forbidden"
handler404 = "webapp.core.problems.not_found"
handler500 = "webapp.core.problems.server_error"
