from django.urls import path

from inference.jobs import api

urlpatterns = [
    path("cases/<uuid:case_id>/inferences/", api.CaseInferences.as_view(), name="case-inferences"),
    path(
        "cases/<uuid:case_id>/inferences/latest/",
        api.LatestInference.as_view(),
        name="case-inference-latest",
    ),
    path("inferences/<uuid:job_id>/", api.InferenceDetail.as_view(), name="inference"),
    path("inferences/<uuid:job_id>/retry/", api.InferenceRetry.as_view(), name="inference-retry"),
    path(
        "inferences/<uuid:job_id>/revisions/",
        api.InferenceRevisions.as_view(),
        name="inference-revisions",
    ),
    path(
        "inferences/<uuid:job_id>/heatmaps/<uuid:heatmap_id>/",
        api.InferenceHeatmap.as_view(),
        name="inference-heatmap",
    ),
    path("inferences/<uuid:job_id>/csv/", api.InferenceCsv.as_view(), name="inference-csv"),
    path("inferences/<uuid:job_id>/png/", api.InferencePng.as_view(), name="inference-png"),
]
