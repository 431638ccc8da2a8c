"""The doors of series, bundles and exchanges."""

from django.utils.translation import gettext_lazy as _

from agenda.api import appointments, bundles, series
from agenda.api import series_shapes as shapes
from medidesk.api.codes import explain_codes
from medidesk.api.doors import Operation, door

READ, WRITE = "agenda:read", "agenda:write"
REFUSALS = (409, 422)

explain_codes(
    {
        "same-appointment": _("Un rendez-vous ne s’échange pas avec lui-même."),
        "patient-in-two-places": _("Le même patient aurait deux rendez-vous en même temps."),
        "pattern-twice": _("Donnez pattern ou starts, l’un des deux."),
    }
)

ROUTES = [
    door(
        "appointments/<str:id>/swap",
        POST=Operation(
            bundles.swap, "Échanger avec un autre rendez-vous", WRITE, 201, body=shapes.SWAP, find=appointments.find,
            if_match="honoured", shows=shapes.SWAPPED, refusals=REFUSALS,
        ),
    ),
    door(
        "series",
        GET=Operation(series.list_series, "Lister les séries", READ, query=shapes.SERIES_FILTERS, shows=shapes.SERIES_LISTING),
        POST=Operation(
            series.book, "Prendre une série, ou la regarder", WRITE, 201, body=shapes.NEW_SERIES, shows=shapes.SERIES_ANSWER,
            refusals=REFUSALS,
        ),
    ),
    door("series/<str:id>", GET=Operation(series.get_series, "Lire une série", READ, find=series.find, shows=shapes.SERIES)),
    door(
        "series/<str:id>/occurrences",
        POST=Operation(
            series.add, "Ajouter une séance", WRITE, 201, body=shapes.NEW_OCCURRENCE, find=series.find, shows=shapes.ADDED,
            refusals=REFUSALS,
        ),
    ),
    door(
        "series/<str:id>/cancellation",
        POST=Operation(
            series.cancel, "Annuler la suite", WRITE, 201, body=shapes.CANCEL_REST, find=series.find, shows=shapes.SERIES,
            refusals=REFUSALS,
        ),
    ),
    door(
        "bundles",
        GET=Operation(bundles.list_bundles, "Lister les groupés", READ, query=shapes.BUNDLE_FILTERS, shows=shapes.BUNDLE_LISTING),
        POST=Operation(
            bundles.book, "Prendre une famille ou un parcours, tout ou rien", WRITE, 201, body=shapes.NEW_BUNDLE,
            shows=shapes.BUNDLE_BOOKED, refusals=REFUSALS,
        ),
    ),
    door(
        "bundles/offers",
        POST=Operation(
            bundles.offers, "Où une famille ou un parcours trouve place", READ, body=shapes.BUNDLE_WISH, shows=shapes.BUNDLE_OFFERS,
            refusals=(422,),
        ),
    ),
    door("bundles/<str:id>", GET=Operation(bundles.get_bundle, "Lire un groupé", READ, find=bundles.find, shows=shapes.BUNDLE)),
    door(
        "bundles/<str:id>/cancellation",
        POST=Operation(
            bundles.cancel, "Annuler tout ce qui reste", WRITE, 201, body=shapes.CANCEL_BUNDLE, find=bundles.find, shows=shapes.BUNDLE,
            refusals=REFUSALS,
        ),
    ),
]  # fmt: skip
