"""The account pages of a cabinet's host."""

from django.urls import include, path

urlpatterns = [
    path("", include("allauth.urls")),
]
