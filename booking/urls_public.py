"""The public host: the directory of the cabinets that asked to be in it."""

from django.urls import path

from booking.views import directory

urlpatterns = [path("", directory.directory, name="directory")]
