"""The platform's own routes, and before them the read of a floor without any cabinet entered."""

from django.urls import path

from bench.floors import floor1_of_nobody
from medidesk.urls_public import urlpatterns as real

urlpatterns = [path("bench/floor1-of-nobody", floor1_of_nobody), *real]
