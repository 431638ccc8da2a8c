"""Where platforms knock."""

from django.urls import path

from integrations.webhooks import receive

app_name = "integrations"

urlpatterns = [
    path("api/webhooks/<slug:platform>", receive, name="webhook"),
    path("api/webhooks/<slug:platform>/<uuid:connection>", receive, name="webhook-of"),
]
