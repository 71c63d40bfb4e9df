from django.urls import path

from readerstudy.api import readings, studies

urlpatterns = [
    path("studies/", studies.Studies.as_view(), name="studies"),
    path("studies/<uuid:study_id>/", studies.StudyDetail.as_view(), name="study"),
    path("studies/<uuid:study_id>/freeze/", studies.StudyFreeze.as_view(), name="study-freeze"),
    path("studies/<uuid:study_id>/amend/", studies.StudyAmend.as_view(), name="study-amend"),
    path("studies/<uuid:study_id>/lock/", studies.StudyLock.as_view(), name="study-lock"),
    path("studies/<uuid:study_id>/unblind/", studies.StudyUnblind.as_view(), name="study-unblind"),
    path("studies/<uuid:study_id>/status/", studies.StudyStatus.as_view(), name="study-status"),
    path("studies/<uuid:study_id>/results/", studies.StudyResults.as_view(), name="study-results"),
    path("studies/<uuid:study_id>/export/", studies.StudyExport.as_view(), name="study-export"),
    path("worklist/", readings.Worklist.as_view(), name="worklist"),
    path("readings/<uuid:reading_id>/open/", readings.ReadingOpen.as_view(), name="reading-open"),
    path(
        "readings/<uuid:reading_id>/draft/", readings.ReadingDraft.as_view(), name="reading-draft"
    ),
    path(
        "readings/<uuid:reading_id>/commit/",
        readings.ReadingCommit.as_view(),
        name="reading-commit",
    ),
    path(
        "readings/<uuid:reading_id>/events/",
        readings.ReadingEvents.as_view(),
        name="reading-events",
    ),
    path(
        "readings/<uuid:reading_id>/images/",
        readings.ReadingImages.as_view(),
        name="reading-images",
    ),
    path(
        "readings/<uuid:reading_id>/tokens/",
        readings.ReadingTokens.as_view(),
        name="reading-tokens",
    ),
    path("readings/<uuid:reading_id>/ai/", readings.ReadingAi.as_view(), name="reading-ai"),
    path(
        "readings/<uuid:reading_id>/ai/heatmaps/<uuid:heatmap_id>/",
        readings.ReadingHeatmap.as_view(),
        name="reading-heatmap",
    ),
]
