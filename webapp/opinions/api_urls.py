from django.urls import path

from webapp.opinions import api

urlpatterns = [
    path("cases/<uuid:case_id>/opinions/", api.CaseOpinions.as_view(), name="case-opinions"),
    path("opinions/<uuid:opinion_id>/", api.OpinionView.as_view(), name="opinion"),
    path("opinions/<uuid:opinion_id>/claim/", api.OpinionClaim.as_view(), name="opinion-claim"),
    path(
        "opinions/<uuid:opinion_id>/release/", api.OpinionRelease.as_view(), name="opinion-release"
    ),
    path("opinions/<uuid:opinion_id>/draft/", api.OpinionDraftView.as_view(), name="opinion-draft"),
    path("opinions/<uuid:opinion_id>/ai/", api.OpinionAi.as_view(), name="opinion-ai"),
    path("opinions/<uuid:opinion_id>/sign/", api.OpinionSign.as_view(), name="opinion-sign"),
    path(
        "opinions/<uuid:opinion_id>/addendum/",
        api.OpinionAddendum.as_view(),
        name="opinion-addendum",
    ),
]
