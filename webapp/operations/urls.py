from django.urls import path

from webapp.operations import views

app_name = "operations"
urlpatterns = [
    path("demo/clock/", views.demo_clock, name="demo-clock"),
    path("health/", views.health, name="health"),
]
