from django.urls import URLPattern

app_name = "imaging"
urlpatterns: list[URLPattern] = []
