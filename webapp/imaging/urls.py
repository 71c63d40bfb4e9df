from django.urls import path

from webapp.imaging import views

app_name = "imaging"
urlpatterns = [
    path("upload/", views.upload, name="upload"),
    path("cases/", views.cases, name="cases"),
    path("cases/<uuid:case_id>/", views.case, name="case"),
    path("cases/<uuid:case_id>/clinical/", views.set_clinical, name="clinical"),
    path("cases/<uuid:case_id>/names-checked/", views.names_checked, name="names_checked"),
    path("cases/<uuid:case_id>/blacken/", views.blacken, name="blacken"),
    path("series/<uuid:series_id>/pictures/", views.pictures, name="pictures"),
    path("series/<uuid:series_id>/phase/", views.phase, name="phase"),
]
