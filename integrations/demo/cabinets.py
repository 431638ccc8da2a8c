"""Opening the demo's two cabinets, with the people who sign in there."""

from dataclasses import dataclass
from datetime import timedelta
from random import Random

from django.db import transaction

from agenda.models import Practitioner, Site
from integrations.demo.absences import begin_absence
from integrations.demo.missed import miss_visits
from integrations.demo.people import invent_patients
from integrations.demo.tilleuls import SetUp, offer, open_hours, set_up_tilleuls
from integrations.demo.today import enliven
from integrations.demo.together import plan_together
from integrations.demo.visits import Filling
from integrations.demo.waiting import let_some_wait
from medidesk import clock
from medidesk.accounts.models import Role, User
from medidesk.accounts.people import add_person
from medidesk.cabinets.models import Cabinet
from medidesk.cabinets.provisioning import open_cabinet
from medidesk.messaging.models import Message
from patients.models import Patient
from patients.registration import register_patient

PASSWORD = "medidesk-demo"
SEED = 20261124


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who can sign in to the demo."""

    email: str
    full_name: str
    role: Role
    practitioner: str = ""
    owns_cabinet: bool = False


TILLEULS = (
    Login("helene.aubry@tilleuls.example", "Hélène Aubry", Role.PRACTITIONER, "aubry", owns_cabinet=True),
    Login("minh.nguyen@tilleuls.example", "Minh Nguyen", Role.PRACTITIONER, "nguyen"),
    Login("nadia@tilleuls.example", "Nadia Belkacem", Role.SECRETARY),
    Login("accueil@telesecretariat.example", "Télésecrétariat du Nord", Role.TELESECRETARY),
)
VOLCAN = (
    Login("marie.hoarau@volcan.example", "Marie Hoarau", Role.PRACTITIONER, "hoarau", owns_cabinet=True),
    Login("chloe@volcan.example", "Chloé Payet", Role.SECRETARY),
)


def open_tilleuls() -> tuple[Cabinet, list[dict]]:
    """« Cabinet des Tilleuls, Tourcoing », filled; answers it with the visits to come that its platforms will tell."""
    cabinet = open_cabinet(
        name="Cabinet des Tilleuls", hosts=["tourcoing.localhost"], owner_email=TILLEULS[0].email, owner_name=TILLEULS[0].full_name,
        slug="tourcoing", city="Tourcoing", address="12 rue des Tilleuls", postcode="59200", phone="+33261912040", is_listed=True,
        presentation="Médecine générale, ostéopathie, kinésithérapie et soins infirmiers à Tourcoing.",
    )  # fmt: skip
    elsewhere: list[dict] = []
    with cabinet, transaction.atomic():
        now = clock.now()
        today = now.astimezone(cabinet.zone).date()
        made = set_up_tilleuls(today)
        _people(TILLEULS, made)
        filling = _filling(cabinet, 320, elsewhere)
        for key in ("aubry", "ferrand", "nguyen", "morel"):
            filling.fill(made.practitioners[key], made.reasons[key])
        enliven(filling, made.reasons["aubry"][2])
        let_some_wait(filling, made)
        miss_visits(filling, made.practitioners["aubry"], made.reasons["aubry"][0])
        nguyen, aubry = made.practitioners["nguyen"], made.practitioners["aubry"]
        plan_together(filling, nguyen, made.reasons["nguyen"][0], aubry, made.reasons["aubry"][0])
        begin_absence(filling, made.practitioners["ferrand"])
        _forget_past_messages()
    return cabinet, elsewhere


def open_volcan() -> Cabinet:
    """A small cabinet on Réunion time, without platforms."""
    cabinet = open_cabinet(
        name="Cabinet du Volcan", hosts=["reunion.localhost"], owner_email=VOLCAN[0].email, owner_name=VOLCAN[0].full_name, slug="reunion",
        time_zone="Indian/Reunion", city="Saint-Denis", address="4 rue de la Compagnie", postcode="97400", phone="+262262000000",
        presentation="Médecine générale à Saint-Denis de La Réunion.", is_listed=True,
    )  # fmt: skip
    with cabinet, transaction.atomic():
        site = Site.objects.create(name="Cabinet du Volcan", address_line="4 rue de la Compagnie", postal_code="97400", city="Saint-Denis")
        hoarau = Practitioner.objects.create(
            title="Dr", first_name="Marie", last_name="Hoarau", specialty="SM54", role_label="Médecin généraliste"
        )
        hoarau.sites.add(site)
        reason = offer(hoarau, name="Consultation de médecine générale", internal_name="Consultation", duration_minutes=20)
        open_hours(hoarau, site, range(6), "08:00-12:00", "14:00-17:00")
        made = SetUp({"hoarau": hoarau}, {"hoarau": [reason]})
        _people(VOLCAN, made)
        filling = _filling(cabinet, 60, None, sources=(("website", 60), ("phone", 40)))
        filling.fill(hoarau, [reason])
        _forget_past_messages()
    return cabinet


def logins_text(cabinet_host: str, logins: tuple[Login, ...]) -> str:
    """The lines that the start prints."""
    lines = [f"  {login.full_name:<26}{Role(login.role).label:<18}{login.email}" for login in logins]
    return "\n".join([f"{cabinet_host}  (mot de passe : {PASSWORD})", *lines])


def _people(logins: tuple[Login, ...], made: SetUp) -> None:
    """The first of them is the owner, whose account came with the cabinet."""
    for login in logins:
        user = User.objects.filter(email=login.email).first() or add_person(email=login.email, role=login.role, full_name=login.full_name)
        user.role, user.owns_cabinet = login.role, login.owns_cabinet
        user.set_password(PASSWORD)
        user.save()
        if login.practitioner:
            Practitioner.objects.filter(pk=made.practitioners[login.practitioner].pk).update(user=user)


def _filling(cabinet: Cabinet, patients: int, elsewhere: list[dict] | None, **rest) -> Filling:
    random, now = Random(SEED), clock.now()
    today = now.astimezone(cabinet.zone).date()
    before = now - timedelta(days=60)
    for details in invent_patients(random, patients, today):
        register_patient(details, by="Nadia Belkacem", now=before)
    known = list(Patient.objects.order_by("phone"))
    return Filling(random, cabinet.zone, now, known, elsewhere=elsewhere, **rest)


def _forget_past_messages() -> None:
    """What would have been sent long ago is not sent today."""
    Message.objects.filter(due_at__lte=clock.now()).delete()
