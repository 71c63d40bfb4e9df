"""Reading Room: the Django project and the apps around cases."""

from webapp.celery import app as celery_app

__all__ = ["celery_app"]
