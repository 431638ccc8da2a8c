"""Where platforms knock, and where calendars are read."""

from django.urls import path

from integrations.calendar_feed import views as calendar_feed
from integrations.webhooks import receive

app_name = "integrations"

urlpatterns = [
    path("api/webhooks/<slug:platform>", receive, name="webhook"),
    path("api/webhooks/<slug:platform>/<uuid:connection>", receive, name="webhook-of"),
    path("ics/<str:token>", calendar_feed.feed, name="calendar"),
    path("agenda/appareils", calendar_feed.devices, name="devices"),
    path("agenda/appareils/<uuid:feed_id>/couper", calendar_feed.revoke, name="cut_device"),
]
