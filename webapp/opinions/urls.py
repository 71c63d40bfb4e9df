from django.urls import path

from webapp.opinions import views

app_name = "opinions"
urlpatterns = [
    path("opinions/", views.worklist, name="worklist"),
    path("opinions/<uuid:opinion_id>/", views.read, name="read"),
    path("opinions/<uuid:opinion_id>/claim/", views.claim, name="claim"),
    path("opinions/<uuid:opinion_id>/release/", views.release, name="release"),
    path("opinions/<uuid:opinion_id>/ai/", views.show_ai, name="ai"),
    path("opinions/<uuid:opinion_id>/report/", views.report, name="report"),
    path("opinions/<uuid:opinion_id>/report.pdf", views.pdf, name="pdf"),
    path("cases/<uuid:case_id>/opinion/", views.panel, name="panel"),
    path("cases/<uuid:case_id>/opinion/ask/", views.ask, name="ask"),
]
