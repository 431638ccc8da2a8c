"""The settings of when: hours, absences, quotas, and what follows missed visits."""

from django.utils.translation import gettext_lazy as _

from agenda import setup
from agenda.models import Audience
from agenda.setup_pages import lines
from agenda.setup_pages.compound import every_weekday_or_one, instants, release, repeats, steps, time_range, weekday_or_date, who_is_away
from agenda.setup_pages.entries import boxes, choice, day, number, reference, references, text, yes
from agenda.setup_pages.section import Group, Section, people, reasons, sites

CHANNELS = (("website", _("Site du cabinet")), ("phone", _("Téléphone")), ("partner", _("Partenaires")))

HOURS = Section(
    "horaires",
    setup.HOURS,
    _("Horaires"),
    _("Quand chacun reçoit, où, pour quels motifs et quels patients."),
    _("Ajouter un horaire"),
    (
        Group(
            _("Quand et où"),
            (
                reference("practitioner", _("Praticien"), people),
                reference("site", _("Lieu"), sites),
                weekday_or_date(),
                time_range(),
                number(
                    "every_n_weeks",
                    _("Toutes les combien de semaines"),
                    empty=1,
                    hint=_("1\u00a0: chaque semaine. Au-delà, la première semaine est celle du début de validité."),
                ),
                day("valid_from", _("Valable à partir du")),
                day("valid_until", _("Valable jusqu’au, inclus")),
            ),
        ),
        Group(
            _("Pour qui et pour quoi"),
            (
                references("visit_reasons", _("Seulement pour ces motifs"), reasons, hint=_("Rien de coché\u00a0: tous")),
                choice("audience", _("Patients"), Audience.choices),
                boxes("channels", _("Seulement par ces canaux"), CHANNELS, hint=_("Rien de coché\u00a0: tous")),
            ),
        ),
        Group(
            _("Gardé pour le cabinet jusqu’à"),
            (release(),),
            _("Par exemple 1 jour avant à 8:00\u00a0: les matinées du téléphone s’ouvrent en ligne la veille."),
        ),
    ),
    saved=_("Les nouveaux horaires valent dès maintenant pour la réservation. Les rendez-vous déjà pris restent."),
    gone=_("Horaire supprimé\u00a0: il n’est plus proposé. Les rendez-vous déjà pris restent."),
    line=lines.hours,
    prefetch=("visit_reasons",),
    order=("practitioner__position", "weekday", "date", "start_minute", "id"),
    icon="clock",
)

ABSENCES = Section(
    "absences",
    setup.ABSENCES,
    _("Absences et fermetures"),
    _("Quand personne n’est reçu malgré les horaires."),
    _("Ajouter une absence"),
    (
        Group(
            _("Qui et quand"), (who_is_away(), instants(), text("label", _("Libellé"), 200, hint=_("Par exemple Congés. Lu au comptoir.")))
        ),
        Group(_("Répétition"), (repeats(),)),
    ),
    saved=_("Absence enregistrée\u00a0: rien n’est plus proposé pendant ce temps. Les rendez-vous déjà pris restent, déplacez-les."),
    gone=_("Absence supprimée\u00a0: les horaires sont de nouveau proposés."),
    line=lines.absence,
    order=("-start", "id"),
    icon="calendar-x",
)

QUOTAS = Section(
    "quotas",
    setup.QUOTAS,
    _("Quotas par canal"),
    _("Combien de rendez-vous certains canaux peuvent prendre dans une plage."),
    _("Ajouter un quota"),
    (
        Group(
            _("La plage"),
            (
                reference("practitioner", _("Praticien"), people),
                reference("site", _("Lieu"), sites, needed=False, hint=_("Vide\u00a0: tous")),
                every_weekday_or_one(),
                time_range(),
                day("valid_from", _("Valable à partir du")),
                day("valid_until", _("Valable jusqu’au, inclus")),
            ),
        ),
        Group(
            _("La limite"),
            (
                boxes("channels", _("Canaux limités, comptés ensemble"), (*CHANNELS, ("platform", _("Plateformes")))),
                number("most_visits", _("Rendez-vous au plus, par jour"), needed=True, hint=_("0\u00a0: aucun")),
                references("visit_reasons", _("Seulement ces motifs"), reasons, hint=_("Rien de coché\u00a0: tous")),
            ),
        ),
        Group(_("La limite tombe"), (release(),)),
    ),
    saved=_("Le quota vaut dès maintenant pour la réservation."),
    gone=_("Quota supprimé\u00a0: ces canaux ne sont plus limités."),
    line=lines.quota,
    prefetch=("visit_reasons",),
    order=("practitioner__position", "start_minute", "id"),
    icon="list-checks",
)

MISSED_VISITS = Section(
    "rendez-vous-manques",
    setup.BOOKING_POLICY,
    _("Rendez-vous manqués"),
    _("Ce qui suit des absences répétées, pour un temps, dans ce cabinet."),
    "",
    (
        Group(
            _("La règle"),
            (
                yes("is_on", _("Appliquer cette règle"), hint=_("Le patient est prévenu, voit jusqu’à quand, et peut contester.")),
                number("window_days", _("Absences comptées sur (jours)"), needed=True),
            ),
        ),
        Group(
            _("Les paliers"),
            (steps(),),
            _("Le plus haut palier atteint vaut, à partir de la dernière absence. Le téléphone reste toujours ouvert."),
            in_threes=True,
        ),
    ),
    saved=_("La règle vaut dès maintenant, aussi pour les absences déjà notées."),
    is_single=True,
    icon="calendar-clock",
)
