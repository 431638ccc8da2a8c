"""Where platforms knock: looked at before any page, for they knock often."""

from django.urls import path

from integrations.incoming.webhooks import receive

urlpatterns = [
    path("<slug:platform>", receive),
    path("<slug:platform>/<uuid:connection>", receive),
]
