"""The pages of connections and imports, and where calendars are read."""

from django.urls import path

from integrations.calendar_feed import views as calendar_feed
from integrations.views import connection_mappings, connection_settings, connections, imports

app_name = "integrations"

urlpatterns = [
    path("ics/<str:token>", calendar_feed.feed, name="calendar"),
    path("connexions/", connections.connections, name="connections"),
    path("connexions/relier", connection_settings.choose, name="connect"),
    path("connexions/relier/<slug:platform>", connection_settings.connect, name="connect_to"),
    path("connexions/<uuid:connection_id>/reglages", connection_settings.change, name="change_connection"),
    path("connexions/<uuid:connection_id>/correspondances", connection_mappings.mapping, name="mapping"),
    path("connexions/<uuid:connection_id>/secret", connection_settings.rotate, name="rotate_secret"),
    path("connexions/<uuid:connection_id>/couper", connection_settings.cut, name="disconnect"),
    path("connexions/<uuid:connection_id>", connections.show, name="connection"),
    path("connexions/<uuid:connection_id>/comparer", connections.compare, name="compare"),
    path("connexions/<uuid:connection_id>/annulations", connections.release, name="release_brake"),
    path("connexions/<uuid:connection_id>/horaires-refuses", connections.retry, name="retry_blocked"),
    path("connexions/<uuid:connection_id>/envois/<int:change_id>/rejouer", connections.replay, name="replay"),
    path("connexions/<uuid:connection_id>/envois/<int:change_id>/abandonner", connections.give_up, name="give_up"),
    path("imports/", imports.imports, name="imports"),
    path("imports/<uuid:run_id>", imports.show, name="import"),
    path("imports/<uuid:run_id>/colonnes", imports.columns, name="import_columns"),
    path("imports/<uuid:run_id>/importer", imports.carry_out, name="carry_out_import"),
    path("imports/<uuid:run_id>/annuler", imports.undo, name="undo_import"),
    path("imports/<uuid:run_id>/effacer", imports.give_up, name="import_give_up"),
    path("imports/<uuid:run_id>/compte-rendu.csv", imports.report, name="import_report"),
    path("agenda/appareils", calendar_feed.devices, name="devices"),
    path("agenda/appareils/<uuid:feed_id>/couper", calendar_feed.revoke, name="cut_device"),
]
