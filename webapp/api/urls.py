"""Everything below /api/v1/."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    # A page is all it can answer with, so it takes no OPTIONS either.
    path(
        "docs/",
        SpectacularSwaggerView.as_view(url_name="schema", http_method_names=["get", "head"]),
        name="docs",
    ),
    path("", include("webapp.accounts.api_urls")),
    path("", include("webapp.imaging.api_urls")),
    path("", include("inference.jobs.api_urls")),
    path("", include("webapp.opinions.api_urls")),
    path("", include("readerstudy.api_urls")),
]
