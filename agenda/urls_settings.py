"""The owner's settings."""

from django.urls import path

from agenda.views import settings

app_name = "cabinet"
urlpatterns = [
    path("reglages/", settings.home, name="settings"),
    path("reglages/<slug:slug>", settings.section, name="section"),
    path("reglages/<slug:slug>/nouveau", settings.new, name="new"),
    path("reglages/<slug:slug>/<uuid:row_id>", settings.edit, name="edit"),
    path("reglages/<slug:slug>/<uuid:row_id>/supprimer", settings.remove, name="remove"),
]
