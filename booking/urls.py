"""The patients' pages of a cabinet's host."""

from django.urls import path

from booking.views import account, closings, confirmations, holds, home, identities, legal, moves, replacements, visits, waiting

app_name = "booking"
urlpatterns = [
    path("", home.home, name="home"),
    path("reserver/", holds.create, name="hold"),
    path("reservation/", identities.identity, name="identity"),
    path("reservation/prolonger/", holds.extend, name="extend"),
    path("reservation/rendre/", holds.release, name="release"),
    path("reservation/code/", confirmations.code, name="code"),
    path("reservation/code/nouveau/", confirmations.another_code, name="another_code"),
    path("reservation/confirmer/", confirmations.confirm_anyway, name="confirm_anyway"),
    path("rdv/<str:token>/", visits.show, name="visit"),
    path("rdv/<str:token>/rendez-vous.ics", visits.calendar_file, name="calendar_file"),
    path("rdv/<str:token>/annuler/", visits.cancellation, name="cancellation"),
    path("rdv/<str:token>/contester/", closings.contest, name="contest"),
    path("rdv/<str:token>/deplacer/", moves.move, name="move"),
    path("rdv/<str:token>/autre-horaire/", replacements.choose, name="rebook"),
    path("rdv/<str:token>/plus-tot/", waiting.earlier, name="earlier"),
    path("liste-attente/", waiting.join, name="waiting"),
    path("liste-attente/code/", waiting.code, name="waiting_code"),
    path("r/<str:token>", waiting.offer, name="offer"),
    path("mes-rendez-vous/", account.visits, name="visits"),
    path("mes-rendez-vous/code/", account.code, name="visits_code"),
    path("mes-rendez-vous/quitter/", account.leave, name="leave"),
    path("accessibilite/", legal.accessibility, name="accessibility"),
    path("donnees-personnelles/", legal.privacy, name="privacy"),
    path("mentions-legales/", legal.legal, name="legal"),
]
