"""The Celery application; the job table, not the broker, is the truth about work to do."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")

app = Celery("reading-room")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
