"""The pages about patients."""

from django.urls import path

from patients.views import lists, records

app_name = "patients"
urlpatterns = [
    path("patients/", lists.search, name="search"),
    path("patients/<uuid:patient_id>", records.record, name="record"),
    path("patients/<uuid:patient_id>/identite", records.identity, name="identity"),
    path("patients/<uuid:patient_id>/notes", records.notes, name="notes"),
    path("patients/<uuid:patient_id>/verifiee", records.confirm, name="confirm"),
]
