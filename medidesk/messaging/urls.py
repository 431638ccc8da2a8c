"""The development outbox."""

from django.urls import path

from medidesk.messaging import views

app_name = "messaging"
urlpatterns = [
    path("_dev/outbox", views.outbox, name="outbox"),
    path("_dev/outbox.json", views.outbox_json, name="outbox-json"),
    path("_dev/outbox/<uuid:operation_id>", views.mail, name="mail"),
]
