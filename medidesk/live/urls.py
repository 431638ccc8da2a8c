"""The tickets' door."""

from django.urls import path

from medidesk.live import views

app_name = "live"
urlpatterns = [path("live/ticket", views.ticket, name="ticket")]
