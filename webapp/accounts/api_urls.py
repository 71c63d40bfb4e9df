from django.urls import path

from webapp.accounts.api import TokenView

urlpatterns = [path("token/", TokenView.as_view(), name="token")]
