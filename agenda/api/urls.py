"""The diary's doors under /api/v1/."""

from django.utils.translation import gettext_lazy as _

from agenda.api import (
    agenda,
    appointments,
    holds,
    mass_absences,
    online_booking,
    series_urls,
    slots,
    visit_shapes,
    visits,
    waiting_list,
)
from agenda.api.setup import TABLES, doors_of
from agenda.api.shared_time import SHARED_TIME
from agenda.api.substitutions import SUBSTITUTIONS
from agenda.free_times.rules import RULES
from medidesk.api.codes import explain_codes
from medidesk.api.doors import Operation, door

READ, WRITE = "agenda:read", "agenda:write"

explain_codes({rule.code: rule.sentence for rule in RULES})
explain_codes(
    {
        "hold-gone": _("La réservation provisoire est finie, rendue ou déjà utilisée."),
        "hold-mismatch": _("La demande ne correspond pas à ce qui est gardé."),
        "already-cancelled": _("Le rendez-vous est déjà annulé."),
        "status-not-allowed": _("Le statut actuel ne le permet pas."),
    }
)

urlpatterns = [
    door("agenda", GET=Operation(agenda.read_agenda, "Agenda de quelques jours", READ, query=agenda.AGENDA_QUERY, shows=agenda.AGENDA)),
    door("slots", GET=Operation(slots.list_slots, "Heures libres", READ, query=visit_shapes.SLOTS_QUERY, shows=visit_shapes.SLOTS)),
    door(
        "slots/bulk",
        GET=Operation(
            slots.list_slots_in_bulk, "Heures libres de plusieurs motifs", READ, query=visit_shapes.BULK_QUERY, shows=visit_shapes.BULK
        ),
    ),
    door(
        "slots/next", GET=Operation(slots.first_slot, "Première heure libre", READ, query=visit_shapes.NEXT_QUERY, shows=visit_shapes.NEXT)
    ),
    door(
        "slots/explain",
        GET=Operation(
            slots.explain_slot,
            "Pourquoi cette heure n’est pas proposée",
            READ,
            query=visit_shapes.EXPLAIN_QUERY,
            shows=visit_shapes.EXPLANATION,
        ),
    ),
    door(
        "holds",
        POST=Operation(
            holds.place,
            "Garder une heure quelques minutes",
            WRITE,
            201,
            body=visit_shapes.NEW_HOLD,
            shows=visit_shapes.HOLD,
            refusals=(409, 422),
            one_verb=True,
        ),
    ),
    door("holds/<str:id>", DELETE=Operation(holds.release, "Rendre l’heure gardée", WRITE, 204, find=holds.find, refusals=(409,))),
    door(
        "appointments",
        GET=Operation(
            appointments.list_appointments, "Lister les rendez-vous", READ, query=visit_shapes.LIST_FILTERS, shows=visits.LISTING
        ),
        POST=Operation(
            appointments.book,
            "Prendre rendez-vous",
            WRITE,
            201,
            body=visit_shapes.NEW_APPOINTMENT,
            shows=visits.BOOKED,
            refusals=(409, 422),
            one_verb=True,
        ),
    ),
    door(
        "appointments/<str:id>",
        GET=Operation(appointments.get_appointment, "Lire un rendez-vous", READ, find=appointments.find, shows=visits.APPOINTMENT),
        PATCH=Operation(
            appointments.move,
            "Déplacer",
            WRITE,
            body=visit_shapes.MOVE,
            find=appointments.find,
            if_match="needed",
            shows=visits.BOOKED,
            refusals=(409, 422),
        ),
    ),
    door(
        "appointments/<str:id>/cancellation",
        POST=Operation(
            appointments.cancel,
            "Annuler",
            WRITE,
            201,
            body=visit_shapes.CANCEL,
            find=appointments.find,
            if_match="honoured",
            shows=visits.APPOINTMENT,
            refusals=(409, 422),
            one_verb=True,
        ),
    ),
    door(
        "appointments/<str:id>/status",
        POST=Operation(
            appointments.set_status,
            "Changer le statut",
            WRITE,
            201,
            body=visit_shapes.SET_STATUS,
            find=appointments.find,
            if_match="honoured",
            shows=visits.APPOINTMENT,
            refusals=(409, 422),
            one_verb=True,
        ),
    ),
    door(
        "appointments/<str:id>/journal",
        GET=Operation(appointments.journal, "Journal", READ, find=appointments.find, shows=visit_shapes.JOURNAL),
    ),
    SHARED_TIME,
    *(route for table in (*TABLES, SUBSTITUTIONS) for route in doors_of(table)),
    *online_booking.ROUTES,
    *series_urls.ROUTES,
    *waiting_list.ROUTES,
    *mass_absences.ROUTES,
]
