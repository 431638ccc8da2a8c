"""Where SMS come in, and the development outbox."""

from django.urls import path

from medidesk.messaging import doors, views

app_name = "messaging"
urlpatterns = [
    path("api/sms/incoming", doors.receive_sms, name="incoming-sms"),
    path("_dev/outbox", views.outbox, name="outbox"),
    path("_dev/outbox.json", views.outbox_json, name="outbox-json"),
    path("_dev/outbox/<uuid:operation_id>", views.mail, name="mail"),
    path("_dev/outbox/<uuid:operation_id>/repondre", views.reply, name="reply"),
]
