from django.urls import path

from webapp.imaging import api, frame_api, upload_api

urlpatterns = [
    path("uploads/", upload_api.Uploads.as_view(), name="uploads"),
    path("uploads/<uuid:upload_id>/", upload_api.Upload.as_view(), name="upload"),
    path(
        "uploads/<uuid:upload_id>/complete/", upload_api.Complete.as_view(), name="upload-complete"
    ),
    path("cases/", api.Cases.as_view(), name="cases"),
    path("cases/<uuid:case_id>/", api.CaseDetail.as_view(), name="case"),
    path("cases/<uuid:case_id>/clinical/", api.CaseClinical.as_view(), name="case-clinical"),
    path("cases/<uuid:case_id>/names-checked/", api.CaseNames.as_view(), name="case-names-checked"),
    path("cases/<uuid:case_id>/manifest/", api.CaseManifest.as_view(), name="case-manifest"),
    path("cases/<uuid:case_id>/tokens/", api.CaseTokens.as_view(), name="case-tokens"),
    path("series/<uuid:series_id>/", api.SeriesDetail.as_view(), name="series"),
    path(
        "series/<uuid:series_id>/thumbnail/",
        api.SeriesThumbnail.as_view(),
        name="series-thumbnail",
    ),
    path("frames/<slug:name>/<int:number>/", frame_api.Frame.as_view(), name="frame"),
]
