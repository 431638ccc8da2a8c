"""Signing in on a cabinet's host: password, code, second factor, limits, disabled accounts."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value, yield_hotp_counters_from_time
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client

from medidesk.accounts.models import Role, User
from medidesk.accounts.people import AddressTaken, add_person, disable_account, enable_account
from medidesk.accounts.signals import account_disabled
from medidesk.cabinets.models import Cabinet

PASSWORD = "le beffroi sonne midi"
URLCONF = "tests.medidesk.account_urls"


@pytest.fixture(autouse=True)
def _account_pages_only(settings: object) -> None:
    settings.ROOT_URLCONF = URLCONF
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def ines(cabinet: Cabinet) -> User:
    """A patient with a password."""
    return add_person(email="ines@patients.example", role=Role.PATIENT, full_name="Inès Roux", password=PASSWORD)


@pytest.fixture
def dalia(cabinet: Cabinet) -> User:
    """A secretary with a password."""
    return add_person(email="dalia@tourcoing.example", role=Role.SECRETARY, full_name="Dalia Morel", password=PASSWORD)


def sign_in(client: Client, email: str, password: str = PASSWORD) -> object:
    """Send the form."""
    return client.post("/compte/login/", {"login": email, "password": password})


def code_now(secret: str) -> str:
    """What the authenticator application shows."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_a_patient_signs_in_by_password(client: Client, ines: User) -> None:
    assert sign_in(client, "Ines@patients.example")["Location"] == "/mes-rendez-vous/"


def test_a_secretary_is_led_to_the_agenda(client: Client, dalia: User) -> None:
    assert sign_in(client, dalia.email)["Location"] == "/agenda/"


def test_a_wrong_password_is_said_without_saying_which(client: Client, ines: User) -> None:
    known, unknown = (sign_in(client, email, "faux") for email in (ines.email, "personne@nulle.example"))

    sentence = "L’adresse e-mail ou le mot de passe sont incorrects."
    assert [answer.context["form"].non_field_errors()[0].replace("'", "’") for answer in (known, unknown)] == [sentence, sentence]


def test_a_password_of_one_cabinet_is_worth_nothing_on_another(other_client: Client, ines: User) -> None:
    assert sign_in(other_client, ines.email).status_code == 200


def test_a_code_by_mail_lets_in(client: Client, ines: User) -> None:
    client.post("/compte/login/code/", {"email": ines.email})
    code = re.search(r"^([A-Z0-9-]{6,9})$", mail.outbox[0].body, re.MULTILINE).group(1)

    assert client.post("/compte/login/code/confirm/", {"code": code})["Location"] == "/mes-rendez-vous/"


def test_the_mail_tells_nothing_but_the_code(client: Client, ines: User) -> None:
    client.post("/compte/login/code/", {"email": ines.email})

    said = mail.outbox[0].subject + mail.outbox[0].body
    assert "Inès" not in said and "Beffroi" not in said


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client: Client, ines: User) -> None:
    known, unknown = (
        Client(headers={"host": "tourcoing.localhost"}).post("/compte/login/code/", {"email": e}) for e in (ines.email, "x@y.example")
    )

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [sent.to for sent in mail.outbox] == [[ines.email]]


def test_the_sixth_wrong_password_is_not_even_looked_at(client: Client, ines: User) -> None:
    for _ in range(5):
        sign_in(client, ines.email, "faux")

    assert "Location" not in sign_in(client, ines.email)


def test_staff_without_a_second_factor_are_led_to_set_it_up(client: Client, dalia: User) -> None:
    client.force_login(dalia)

    assert client.get("/desk")["Location"] == "/compte/2fa/totp/activate/"


def test_staff_with_a_second_factor_work(client: Client, dalia: User) -> None:
    TOTP.activate(dalia, generate_totp_secret())
    client.force_login(dalia)

    assert client.get("/desk").status_code == 200


def test_a_demo_may_exempt_its_staff(client: Client, dalia: User, settings: object) -> None:
    settings.MEDIDESK_REQUIRE_MFA = False
    client.force_login(dalia)

    assert client.get("/desk").status_code == 200


def test_the_second_factor_is_set_up_by_its_first_code(client: Client, dalia: User) -> None:
    sign_in(client, dalia.email)
    secret = client.get("/compte/2fa/totp/activate/").context["form"].secret

    client.post("/compte/2fa/totp/activate/", {"code": code_now(secret)})

    assert Authenticator.objects.filter(user=dalia, type="totp").exists()
    assert client.get("/desk").status_code == 200


def test_a_password_alone_is_not_enough_once_there_is_a_second_factor(client: Client, dalia: User) -> None:
    TOTP.activate(dalia, generate_totp_secret())

    assert sign_in(client, dalia.email)["Location"] == "/compte/2fa/authenticate/"
    assert client.get("/desk")["Location"].startswith("/compte/login/")


def test_the_second_factor_opens(client: Client, dalia: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(dalia, secret)
    sign_in(client, dalia.email)

    assert client.post("/compte/2fa/authenticate/", {"code": code_now(secret)})["Location"] == "/agenda/"


def test_a_disabled_account_is_out_at_its_next_request(client: Client, ines: User) -> None:
    sign_in(client, ines.email)
    assert client.get("/compte/2fa/").status_code == 200

    disable_account(ines)

    assert client.get("/compte/2fa/")["Location"].startswith("/compte/login/")
    assert not Session.objects.exists()


def test_a_disabled_account_cannot_come_back_in(client: Client, ines: User) -> None:
    disable_account(ines)

    assert sign_in(client, ines.email)["Location"] != "/mes-rendez-vous/"


def test_an_account_disabled_behind_our_back_is_out_too(client: Client, ines: User) -> None:
    sign_in(client, ines.email)
    User.objects.filter(pk=ines.pk).update(is_active=False)

    assert client.get("/compte/2fa/")["Location"].startswith("/compte/login/")


def test_disabling_is_announced_for_feeds_and_keys(ines: User, django_capture_on_commit_callbacks: object) -> None:
    heard: list[User] = []
    account_disabled.connect(lambda user, **_: heard.append(user), weak=False, dispatch_uid="test")
    with django_capture_on_commit_callbacks(execute=True):
        disable_account(ines)
    account_disabled.disconnect(dispatch_uid="test")

    assert heard == [ines]


def test_an_enabled_account_may_sign_in_again(client: Client, ines: User) -> None:
    disable_account(ines)
    enable_account(ines)

    assert sign_in(client, ines.email)["Location"] == "/mes-rendez-vous/"


def test_an_address_is_used_once_in_a_cabinet(ines: User, other_cabinet: Cabinet) -> None:
    with pytest.raises(AddressTaken):
        add_person(email="INES@patients.example", role=Role.PATIENT)
    with other_cabinet:
        assert add_person(email="ines@patients.example", role=Role.PATIENT).pk != ines.pk


def test_a_new_patient_opens_an_account_with_a_name(client: Client, cabinet: Cabinet) -> None:
    client.post("/compte/signup/", {"full_name": "Léo Blanc", "email": "leo@patients.example", "password1": PASSWORD})

    leo = User.objects.get(email="leo@patients.example")
    assert (leo.full_name, leo.role) == ("Léo Blanc", Role.PATIENT)


def test_a_robot_that_changes_cabinet_is_counted_once(client: Client, other_client: Client) -> None:
    for number in range(30):
        sign_in(client, f"a{number}@x.example", "faux")
        sign_in(other_client, f"a{number}@x.example", "faux")

    assert sign_in(other_client, "b@x.example", "faux").status_code == 429


def test_an_operators_door_counts_faster(public_client: Client) -> None:
    answers = [public_client.post("/operateurs/login/", {"username": "x@y.example", "password": "faux"}) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
