"""The API's own pages under /api/v1/."""

from django.urls import path

from medidesk.api.pages import openapi, reference

urlpatterns = [
    path("openapi.json", openapi, name="openapi"),
    path("", reference, name="api-reference"),
]
