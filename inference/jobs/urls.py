from django.urls import path

from inference.jobs import views

app_name = "jobs"
urlpatterns = [
    path("models/", views.models, name="models"),
    path("models/<slug:system>/", views.card, name="card"),
    path("models/<slug:system>/enabled/", views.switch, name="switch"),
    path("models/<slug:system>/preferred/", views.prefer, name="prefer"),
    path("cases/<uuid:case_id>/ai/", views.panel, name="panel"),
]
