"""Six digits, ten minutes, five tries, one use, few per hour; digests only."""

from datetime import timedelta

import pytest

from booking.codes import MOST_PER_CONTACT, check_code, send_code
from booking.errors import CodeRefused, TooManyCodes
from booking.models import ContactCode
from medidesk.messaging.models import Message
from tests.agenda.diary import NOW

NOUR = "+33639980012"


@pytest.fixture
def sent(cabinet):
    """A code on its way to Nour."""
    return send_code(NOUR, "sms", now=NOW)


def code():
    return Message.objects.latest("created_at").text.split("votre code est ")[1][:6]


def wrong():
    return f"{(int(code()) + 1) % 1_000_000:06d}"


def test_the_right_code_is_accepted_once(sent):
    check_code(sent, code(), NOUR, now=NOW)

    with pytest.raises(CodeRefused):
        check_code(sent, code(), NOUR, now=NOW)


def test_spaces_inside_a_pasted_code_do_not_matter(sent):
    check_code(sent, f" {code()[:3]} {code()[3:]} ", NOUR, now=NOW)

    assert ContactCode.objects.get().used_at == NOW


def test_a_code_is_worth_nothing_for_another_contact(sent):
    with pytest.raises(CodeRefused):
        check_code(sent, code(), "+33639980099", now=NOW)


def test_five_wrong_tries_end_the_code(sent):
    for _ in range(5):
        with pytest.raises(CodeRefused):
            check_code(sent, wrong(), NOUR, now=NOW)

    with pytest.raises(CodeRefused):
        check_code(sent, code(), NOUR, now=NOW)


def test_after_ten_minutes_the_code_is_too_old(sent):
    with pytest.raises(CodeRefused) as refusal:
        check_code(sent, code(), NOUR, now=NOW + timedelta(minutes=10))

    assert refusal.value.message == "Ce code n’est plus valable."


def test_neither_code_nor_contact_is_kept_in_clear(sent):
    row = ContactCode.objects.values().get()

    assert not [value for value in row.values() if str(value) in (code(), NOUR)]
    assert Message.objects.get().secret


def test_a_contact_gets_few_codes_an_hour(cabinet):
    for _ in range(MOST_PER_CONTACT):
        send_code(NOUR, "sms", now=NOW)

    with pytest.raises(TooManyCodes):
        send_code(NOUR, "sms", now=NOW)
    send_code(NOUR, "sms", now=NOW + timedelta(hours=1, seconds=1))


def test_an_address_gets_codes_for_few_contacts_an_hour(cabinet):
    for number in range(20):
        send_code(f"+336399800{number:02d}", "sms", now=NOW, address="192.0.2.1")

    with pytest.raises(TooManyCodes):
        send_code("+33639980099", "sms", now=NOW, address="192.0.2.1")


def test_a_wrong_code_can_be_corrected_on_the_page(visitor):
    visitor.choose()
    visitor.identify()

    answer = visitor.confirm(f"{(int(visitor.received_code()) + 1) % 1_000_000:06d}")

    assert answer.status_code == 422
    assert "Ce code n’est pas le bon. Vérifiez-le." in answer.content.decode()
    assert visitor.confirm().url.startswith("/rdv/")


def test_too_many_new_codes_are_refused_with_words(visitor):
    visitor.choose()
    visitor.identify()

    answers = [visitor.client.post("/reservation/code/nouveau/") for _ in range(MOST_PER_CONTACT)]

    assert [answer.status_code for answer in answers] == [302, 302, 302, 302, 429]
    assert "Trop de codes ont été demandés." in answers[-1].content.decode()
