from django.urls import path

from webapp.imaging import views

app_name = "imaging"
urlpatterns = [
    path("upload/", views.upload, name="upload"),
    path("cases/", views.cases, name="cases"),
    path("cases/<uuid:case_id>/", views.case, name="case"),
    path("cases/<uuid:case_id>/clinical/", views.set_clinical, name="clinical"),
    path("series/<uuid:series_id>/phase/", views.phase, name="phase"),
]
