"""The account pages of a cabinet's host."""

from django.urls import include, path

from medidesk.accounts import views

urlpatterns = [
    path("accueil/", views.home, name="account_home"),
    path("", include("allauth.urls")),
]
