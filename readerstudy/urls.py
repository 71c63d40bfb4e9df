from django.urls import path

from readerstudy.views import dashboard, reading, report, results, studies, validation, wizard

app_name = "readerstudy"
urlpatterns = [
    path("worklist/", reading.worklist, name="worklist"),
    path("read/<uuid:reading_id>/", reading.read, name="read"),
    path("validation/", validation.validation, name="validation"),
    path("studies/", studies.studies, name="studies"),
    path("studies/new/", studies.create, name="create"),
    path("studies/<uuid:study_id>/", dashboard.dashboard, name="dashboard"),
    path("studies/<uuid:study_id>/design/<slug:slug>/", wizard.step, name="wizard"),
    path("studies/<uuid:study_id>/lesion/<str:code>/", wizard.index_lesion, name="index-lesion"),
    path("studies/<uuid:study_id>/runs/", wizard.run_models, name="runs"),
    path("studies/<uuid:study_id>/freeze/", wizard.freeze_study, name="freeze"),
    path("studies/<uuid:study_id>/lock/", dashboard.lock, name="lock"),
    path("studies/<uuid:study_id>/unblind/", dashboard.unblind, name="unblind"),
    path("studies/<uuid:study_id>/amend/", dashboard.amend, name="amend"),
    path("studies/<uuid:study_id>/results/", results.results, name="results"),
    path("studies/<uuid:study_id>/report.html", report.html, name="report"),
    path("studies/<uuid:study_id>/report.pdf", report.pdf, name="report-pdf"),
    path("studies/<uuid:study_id>/rows/", results.rows, name="rows"),
    path(
        "studies/<uuid:study_id>/figures/<str:analysis>.<slug:form>",
        results.figure,
        name="figure",
    ),
]
