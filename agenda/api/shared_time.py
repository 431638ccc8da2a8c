"""A practitioner's shared occupancy over REST: on, off, and whether it is."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from agenda.api.appointments import actor_of
from agenda.models import Practitioner
from agenda.setup.sharing import share_time, stop_sharing
from medidesk.api.codes import explain_codes
from medidesk.api.doors import Answer, Call, Operation, door, path_id
from medidesk.api.fields import Field, Record
from medidesk.api.kinds import Boolean
from medidesk.api.problems import not_found
from medidesk.api.shapes import BOOLEAN, INTEGER, object_of

explain_codes(
    {
        "rpps-not-valid": _("Le numéro RPPS n’a pas 11 chiffres, ou sa clé est fausse et il faut qu’elle soit juste."),
        "consent-missing": _("L’accord du praticien n’est pas dit."),
    }
)
STATE = object_of(shared=BOOLEAN)
SWITCHED = object_of(shared=BOOLEAN, overlaps=INTEGER)
CONSENT = Record((Field("practitioner_agrees", Boolean(), doc="l’accord du praticien : true"),))


def find(call: Call) -> Any:
    """The living practitioner whom the path names."""
    row = Practitioner.objects.filter(pk=path_id(call), deleted_at=None).first()
    if row is None:
        raise not_found()
    return row


def get(call: Call) -> Answer:
    """Is it shared?"""
    return Answer.json({"shared": call.subject.shares_time})


def switch_on(call: Call) -> Answer:
    """Share; `overlaps` counts the visits to come that another cabinet's overlap."""
    overlaps = share_time(call.subject.id, agreed=call.body["practitioner_agrees"], actor=actor_of(call), now=call.now)
    return Answer.json({"shared": True, "overlaps": overlaps}, 201)


def switch_off(call: Call) -> Answer:
    """Share no more."""
    stop_sharing(call.subject.id, actor=actor_of(call), now=call.now)
    return Answer(204)


SHARED_TIME = door(
    "practitioners/<str:id>/shared-time",
    GET=Operation(get, "Lire le partage de l’occupation entre cabinets", "settings:read", find=find, shows=STATE),
    POST=Operation(
        switch_on, "Partager l’occupation entre cabinets", "settings:write", 201, body=CONSENT, find=find, shows=SWITCHED, refusals=(422,)
    ),
    DELETE=Operation(switch_off, "Ne plus partager l’occupation", "settings:write", 204, find=find),
)
