"""The settings of who, where, with what and what for."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from agenda import setup
from agenda.models import BookableBy, Resource
from agenda.setup.practitioners import specialties
from agenda.setup_pages import lines
from agenda.setup_pages.choices import Choices
from agenda.setup_pages.compound import offers, resource_kinds
from agenda.setup_pages.entries import Entry, choice, number, one, reference, references, text, text_field, yes
from agenda.setup_pages.section import Group, Section, sites


def _color() -> Entry:
    def made(_choices: Choices) -> Any:
        made = text_field(_("Couleur dans l’agenda"), 7)
        made.widget.input_type = "color"
        return made

    return one("color", made)


def _specialty() -> Entry:
    options = [("", _("Aucune")), *sorted(specialties().items(), key=lambda pair: pair[1])]
    made = choice("specialty", _("Spécialité (nomenclature nationale)"), options)

    def fields(choices: Choices) -> dict[str, Any]:
        found = made.fields(choices)
        found["specialty"].required = False
        return found

    return Entry(made.names, fields, lambda typed: {"specialty": typed["specialty"] or None}, made.write)


SITES = Section(
    "lieux",
    setup.SITES,
    _("Lieux"),
    _("Où l’on reçoit. Le code postal décide des jours fériés."),
    _("Ajouter un lieu"),
    (
        Group(
            _("Le lieu"),
            (
                text("name", _("Nom"), 100, needed=True),
                text("address_line", _("Adresse"), 200),
                text("postal_code", _("Code postal"), 10, hint=_("Décide des jours fériés")),
                text("city", _("Ville"), 100),
                text("phone", _("Téléphone"), 40),
            ),
        ),
    ),
    saved=_("Lieu enregistré. L’adresse et les jours fériés valent dès maintenant."),
    gone=_("Lieu supprimé. Les rendez-vous passés le gardent."),
    line=lines.site,
    order=("name", "id"),
    icon="map-pin",
)

PRACTITIONERS = Section(
    "praticiens",
    setup.PRACTITIONERS,
    _("Praticiens"),
    _("Qui a un agenda."),
    _("Ajouter un praticien"),
    (
        Group(
            _("Qui"),
            (
                text("title", _("Titre"), 20, hint=_("Par exemple Dr")),
                text("first_name", _("Prénom"), 100, needed=True),
                text("last_name", _("Nom"), 100, needed=True),
                _specialty(),
                text("rpps", "RPPS", 20, hint=_("11 chiffres")),
                _color(),
            ),
        ),
        Group(
            _("Agenda"),
            (
                references("sites", _("Lieux où ce praticien reçoit"), sites),
                yes("bookable_online", _("Réservable en ligne"), hint=_("Sinon, seul le cabinet donne ses rendez-vous.")),
                yes("works_on_holidays", _("Travaille les jours fériés")),
            ),
        ),
    ),
    saved=_("Praticien enregistré. Cela vaut dès maintenant pour la réservation."),
    gone=_("Praticien supprimé. Ses horaires et absences finissent avec lui."),
    line=lines.practitioner,
    prefetch=("sites",),
    order=("position", "last_name", "first_name", "id"),
    icon="stethoscope",
)

RESOURCES = Section(
    "salles",
    setup.RESOURCES,
    _("Salles et équipements"),
    _("Ce dont un rendez-vous peut aussi avoir besoin."),
    _("Ajouter une salle ou un équipement"),
    (
        Group(
            _("La salle ou l’équipement"),
            (
                text("name", _("Nom"), 100, needed=True),
                choice("kind", _("Sorte"), Resource.Kind.choices),
                reference("site", _("Lieu"), sites),
            ),
        ),
    ),
    saved=_("Enregistré. Les prochains rendez-vous en tiennent compte."),
    gone=_("Supprimé. Les prochains rendez-vous n’en disposent plus."),
    line=lines.resource,
    order=("name", "id"),
    icon="building-2",
)

REASONS = Section(
    "motifs",
    setup.REASONS,
    _("Motifs de consultation"),
    _("Durées, délais, et qui peut réserver."),
    _("Ajouter un motif"),
    (
        Group(
            _("Le motif"),
            (
                text("name", _("Libellé public"), 100, needed=True),
                text("internal_name", _("Libellé interne"), 100, hint=_("Lu au comptoir seulement")),
                _color(),
            ),
        ),
        Group(
            _("Durées, en minutes"),
            (
                number("duration_minutes", _("Durée"), needed=True),
                number("buffer_before_minutes", _("Battement avant"), empty=0),
                number("buffer_after_minutes", _("Battement après"), empty=0),
                number("grid_minutes", _("Un départ toutes les"), hint=_("Vide\u00a0: la durée")),
                yes("avoid_holes", _("Ne pas laisser de trou inutilisable")),
            ),
        ),
        Group(
            _("Réservation"),
            (
                choice("bookable_by", _("Qui peut réserver"), BookableBy.choices),
                yes("needs_validation", _("À valider par le cabinet")),
                number("min_notice_minutes", _("Délai minimum avant le rendez-vous (min)"), empty=0, hint=_("120\u00a0: deux heures")),
                number("horizon_days", _("Ouvert combien de jours à l’avance"), hint=_("Vide\u00a0: sans limite")),
                number("max_per_day", _("Maximum par jour et par praticien"), hint=_("Vide\u00a0: sans limite")),
                number("min_days_between", _("Jours entre deux visites d’un patient"), hint=_("Vide\u00a0: sans délai")),
                yes("one_upcoming", _("Une seule visite à venir par patient")),
            ),
        ),
        Group(_("Praticiens qui le proposent"), (offers(),), _("La durée d’un praticien remplace celle du motif.")),
        Group(_("Salles et équipements"), (resource_kinds(),)),
    ),
    saved=_("Motif enregistré. Les durées et délais valent dès maintenant\u00a0; les rendez-vous déjà pris ne changent pas."),
    gone=_("Motif supprimé. Les rendez-vous déjà pris le gardent."),
    line=lines.reason,
    prefetch=("offers",),
    order=("position", "name", "id"),
    icon="file-text",
)
