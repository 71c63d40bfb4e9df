from django.urls import URLPattern

app_name = "readerstudy"
urlpatterns: list[URLPattern] = []
