"""Everything below /api/v1/."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    # Its script apart, as the content security policy wants it; no OPTIONS: it answers in HTML.
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(
            url_name="schema", template_name="api_docs.html", http_method_names=["get", "head"]
        ),
        name="docs",
    ),
    path("", include("webapp.accounts.api_urls")),
    path("", include("webapp.imaging.api_urls")),
    path("", include("inference.jobs.api_urls")),
    path("", include("webapp.opinions.api_urls")),
    path("", include("readerstudy.api_urls")),
]
