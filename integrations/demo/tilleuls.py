"""« Cabinet des Tilleuls, Tourcoing »: its site, practitioners, rooms, reasons and hours."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from agenda.models import OpenedAgenda, OpeningHours, Practitioner, Quota, ReasonOffer, Resource, Site, Substitution, VisitReason
from medidesk.accounts.models import Role

WEEK = range(5)


@dataclass
class SetUp:
    """What the visits of the demo need to know of a cabinet."""

    practitioners: dict[str, Practitioner] = field(default_factory=dict)
    reasons: dict[str, list[VisitReason]] = field(default_factory=dict)


def minutes(text: str) -> int:
    """`08:30` in minutes from midnight."""
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def open_hours(practitioner: Practitioner, site: Site, days, *ranges: str, **rest) -> None:
    """Weekly hours, each range written `08:30-12:00`."""
    for day in days:
        for text in ranges:
            start, end = map(minutes, text.split("-"))
            when = {"date": day} if isinstance(day, date) else {"weekday": day}
            OpeningHours.objects.create(practitioner=practitioner, site=site, start_minute=start, end_minute=end, **when, **rest)


def offer(practitioner: Practitioner, **values) -> VisitReason:
    """A reason that this practitioner offers."""
    reason = VisitReason.objects.create(horizon_days=90, **values)
    ReasonOffer.objects.create(visit_reason=reason, practitioner=practitioner)
    return reason


def set_up_tilleuls(today: date) -> SetUp:
    """Make the whole set-up; a Sunday or another closed day on which the demo starts gets duty hours."""
    site = Site.objects.create(
        name="Cabinet des Tilleuls", address_line="12 rue des Tilleuls", postal_code="59200", city="Tourcoing", phone="+33261912040"
    )
    people = {
        "aubry": ("Dr", "Hélène", "Aubry", "SM54", "Médecin généraliste", "99700218896", "#0b5d4a"),
        "ferrand": ("", "Claire", "Ferrand", None, "Ostéopathe", "", "#8250cf"),
        "nguyen": ("", "Minh", "Nguyen", None, "Masseur-kinésithérapeute", "", "#1a73d9"),
        "morel": ("", "Julie", "Morel", None, "Infirmière", "", "#bf5800"),
        "petit": ("", "Sandrine", "Petit", None, "Infirmière", "", "#69756f"),
    }
    made = SetUp()
    for position, (key, (title, first, last, specialty, label, rpps, color)) in enumerate(people.items()):
        made.practitioners[key] = Practitioner.objects.create(
            title=title, first_name=first, last_name=last, specialty=specialty, role_label=label, rpps=rpps, color=color, position=position,
            bookable_online=key != "petit",
        )  # fmt: skip
        made.practitioners[key].sites.add(site)
    delegate(made, today)
    Resource.objects.create(name="Salle d’ostéopathie", kind=Resource.Kind.ROOM, site=site)
    _reasons(made)
    _hours(made, site, today)
    _keep_for_callers(made)
    return made


def delegate(made: SetUp, today: date) -> None:
    """Julie Morel stands in for Sandrine Petit for some weeks; the telesecretaries see everybody, the colleagues the osteopath."""
    Substitution.objects.create(
        practitioner=made.practitioners["petit"], substitute=made.practitioners["morel"], first_day=today - timedelta(days=7),
        last_day=today + timedelta(days=20), arranged_by="Hélène Aubry",
    )  # fmt: skip
    for one in made.practitioners.values():
        OpenedAgenda.objects.create(practitioner=one, role=Role.TELESECRETARY, opened_by="Hélène Aubry")
    OpenedAgenda.objects.create(practitioner=made.practitioners["ferrand"], role=Role.PRACTITIONER, opened_by="Hélène Aubry")


def _reasons(made: SetUp) -> None:
    aubry, ferrand, nguyen, morel = (made.practitioners[key] for key in ("aubry", "ferrand", "nguyen", "morel"))
    made.reasons = {
        "aubry": [
            offer(aubry, name="Consultation de médecine générale", internal_name="Consultation", duration_minutes=20, min_notice_minutes=60,
                  instruction="Douleur dans la poitrine ou gêne pour respirer : passer l’appel au 15.", position=1),
            offer(aubry, name="Renouvellement d’ordonnance", internal_name="Renouvellement", duration_minutes=10, grid_minutes=10,
                  bookable_by="known", position=2),
            offer(aubry, name="Enfant de moins de 6 ans", internal_name="Enfant", duration_minutes=30, grid_minutes=10,
                  needs_validation=True,
                  instruction="Nouveau patient : demander le carnet de santé.", position=3),
            offer(aubry, name="Certificat médical, sport", internal_name="Certificat", duration_minutes=20, max_per_day=3, position=4),
        ],
        "ferrand": [
            offer(ferrand, name="Ostéopathie, première séance", internal_name="Première séance", duration_minutes=45,
                  resource_kinds=["room"],
                  position=5),
            offer(ferrand, name="Ostéopathie, suivi", internal_name="Suivi", duration_minutes=45, resource_kinds=["room"], position=6),
        ],
        "nguyen": [
            offer(nguyen, name="Kinésithérapie, séance", internal_name="Séance", duration_minutes=30, position=7),
            offer(nguyen, name="Kinésithérapie, bilan", internal_name="Bilan", duration_minutes=30, position=8),
        ],
        "morel": [
            offer(morel, name="Vaccination", internal_name="Vaccin", duration_minutes=15, position=9,
                  instruction="Vaccin contre la grippe : à proposer à partir de 65 ans."),
            offer(morel, name="Prise de sang", internal_name="Prise de sang", duration_minutes=15, position=10,
                  instruction="À jeun depuis 12 h, apporter l’ordonnance."),
            offer(morel, name="Pansement", internal_name="Pansement", duration_minutes=20, grid_minutes=15, bookable_by="known",
                  position=11),
        ],
    }  # fmt: skip


def _keep_for_callers(made: SetUp) -> None:
    """Of Dr Aubry's mornings, what eight bookings online leave waits for the telephone until the day before at 8."""
    Quota.objects.create(
        practitioner=made.practitioners["aubry"], start_minute=minutes("08:30"), end_minute=minutes("12:10"),
        channels=["partner", "website"], most_visits=8, release_days_before=1, release_minute=minutes("08:00"),
    )  # fmt: skip


def _hours(made: SetUp, site: Site, today: date) -> None:
    aubry, ferrand, nguyen, morel = (made.practitioners[key] for key in ("aubry", "ferrand", "nguyen", "morel"))
    open_hours(aubry, site, WEEK, "08:30-11:10", "11:30-12:10", "14:00-16:30", "16:50-18:30")
    open_hours(aubry, site, WEEK, "11:10-11:30", "16:30-16:50", audience="staff")
    open_hours(aubry, site, [5], "08:30-12:10")
    open_hours(ferrand, site, WEEK, "09:00-12:00", "13:30-18:00")
    open_hours(nguyen, site, [0, 1, 2, 3, 4, 5], "08:00-12:00")
    open_hours(nguyen, site, WEEK, "13:00-18:30")
    open_hours(morel, site, range(6), "07:30-12:00", release_days_before=None)
    open_hours(morel, site, WEEK, "16:00-18:00")
    if today.weekday() >= 5:
        for practitioner, text in ((aubry, "14:00-18:30"), (ferrand, "09:00-18:00"), (nguyen, "14:00-18:30"), (morel, "14:00-18:00")):
            open_hours(practitioner, site, [today], text)
        if today.weekday() == 6:
            open_hours(aubry, site, [today], "08:30-12:10")
            open_hours(nguyen, site, [today], "08:00-12:00")
            open_hours(morel, site, [today], "07:30-12:00")
