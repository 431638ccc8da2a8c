import pytest

from medidesk.messaging.models import Message


def errors(answer):
    return {name: list(messages) for name, messages in answer.context["form"].errors.items()}


def test_an_empty_form_says_what_is_missing_beside_each_field_and_above(visitor):
    visitor.choose()

    answer = visitor.identify(birth_name="", first_names="", birth_day="", phone="")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert errors(answer) == {
        "birth_name": ["Saisissez votre nom de naissance."],
        "first_names": ["Saisissez votre prénom."],
        "birth_day": ["Saisissez votre date de naissance, par exemple 11\u00a004\u00a01987."],
        "phone": ["Saisissez un numéro de mobile, par exemple 06\u00a039\u00a098\u00a000\u00a012."],
    }
    assert page.count("Saisissez votre prénom.") == 2
    assert 'aria-describedby="id_first_names_error"' in page


def test_what_was_typed_stays(visitor):
    visitor.choose()

    assert 'value="L’Hostis-Haddad"' in visitor.identify(phone="").content.decode()


@pytest.mark.parametrize("name", ["Élodie-Anne", "N’Guessan", "D'Almeida", "Le Goff", "Đỗ"])
def test_names_with_accents_hyphens_and_apostrophes_are_accepted(visitor, name):
    visitor.choose()

    assert visitor.identify(birth_name=name).url == "/reservation/code/"


@pytest.mark.parametrize("phone", ["0639980012", "+33 6 39 98 00 12", "0033639980012", "06.39.98.00.12"])
def test_any_spelling_of_the_phone_is_accepted(visitor, phone):
    visitor.choose()
    visitor.identify(phone=phone)

    assert Message.objects.get(kind="code").to == "+33639980012"


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"phone": "06 39 98 00 1"}, "phone", "Ce numéro n’a que 9 chiffres. Vérifiez-le."),
        ({"phone": "01 99 00 12 34"}, "phone", "Ce numéro ne reçoit pas de SMS. Saisissez un mobile, ou ajoutez une adresse électronique."),
        ({"birth_month": "13"}, "birth_day", "Cette date n’existe pas. Vérifiez le jour, le mois et l’année."),
        ({"birth_year": "87"}, "birth_day", "Vérifiez l’année de naissance, sur quatre chiffres."),
        ({"birth_year": "2027"}, "birth_day", "Vérifiez l’année de naissance, sur quatre chiffres."),
        ({"first_names": "N0ur"}, "first_names", "Un prénom ne contient que des lettres. Vérifiez-le."),
        ({"email": "nour@"}, "email", "Cette adresse n’est pas complète, par exemple nom@exemple.fr."),
        ({"for_whom": "relative"}, "relationship", "Choisissez votre lien avec cette personne."),
    ],
)
def test_each_mistake_has_its_sentence(visitor, values, field, message):
    visitor.choose()

    assert errors(visitor.identify(**values)) == {field: [message]}


def test_without_a_mobile_the_code_goes_by_email(visitor):
    visitor.choose()
    visitor.identify(phone="", email="nour@patients.example")

    message = Message.objects.get(kind="code")
    assert (message.channel, message.to) == ("email", "nour@patients.example")
