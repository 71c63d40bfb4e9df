from django.contrib.auth.views import LogoutView
from django.urls import path

from webapp.accounts import views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("forgotten/", views.forgotten, name="forgotten"),
    path("new-password/<str:uid>/<str:token>/", views.new_password, name="new-password"),
    path("people/", views.people, name="people"),
    path("people/<uuid:user_id>/", views.person, name="person"),
    path("people/<uuid:user_id>/link/", views.link, name="link"),
    path("people/<uuid:user_id>/active/", views.active, name="active"),
]
