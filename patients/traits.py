"""Names, phones and dates brought to one comparable form."""

import unicodedata
from typing import Any

import phonenumbers
from django.utils.translation import gettext as _

from medidesk.errors import Refused

# Overseas numbers carry their own country code; the national prefix tells which (contract: any spelling in, E.164 out).
_OVERSEAS_REGION = {
    "0590": "GP", "0690": "GP", "0691": "GP", "0594": "GF", "0694": "GF", "0596": "MQ", "0696": "MQ", "0697": "MQ",
    "0262": "RE", "0263": "RE", "0692": "RE", "0693": "RE", "0269": "YT", "0639": "YT",
}  # fmt: skip


def plain(text: str) -> str:
    """Lower case without accents or punctuation, one space between words: `Lœb-Éloïse` gives `loeb eloise`."""
    text = text.lower().replace("œ", "oe").replace("æ", "ae").replace("ß", "ss")
    decomposed = unicodedata.normalize("NFKD", text)
    letters = "".join(c if c.isalnum() else " " for c in decomposed if not unicodedata.combining(c))
    return " ".join(letters.split())


def e164(phone: str) -> str:
    """The number in E.164; an empty text stays empty.

    Raises Refused `phone-not-valid`. The fictitious mobile range 06 39 98 is accepted as French: the regulator (Arcep)
    reserves it for fiction, so the demo and tests may use it.
    """
    digits = "".join(c for c in phone if c.isdigit() or c == "+")
    if not digits:
        return ""
    if digits.startswith("0033"):
        digits = "+33" + digits[4:]
    if digits.startswith("+330"):
        digits = "+33" + digits[4:]
    if digits.startswith("063998") and len(digits) == 10:
        return "+33" + digits[1:]
    if digits.startswith("+3363998") and len(digits) == 12:
        return digits
    region = _OVERSEAS_REGION.get(digits[:4], "FR")
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        raise Refused(_("Ce numéro de téléphone n’est pas valable."), code="phone-not-valid") from None
    if not phonenumbers.is_valid_number(number):
        raise Refused(_("Ce numéro de téléphone n’est pas valable."), code="phone-not-valid")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def national_digits(phone: str) -> str:
    """`+33612345678` as people type it, `0612345678`; other countries keep their digits."""
    return "0" + phone[3:] if phone.startswith("+33") else phone.lstrip("+")


def is_mobile(phone: str) -> bool:
    """May this E.164 number receive an SMS? 06, 07 and overseas mobiles only."""
    return phone.startswith(("+336", "+337", "+590690", "+590691", "+594694", "+596696", "+596697", "+262692", "+262693", "+262639"))


def search_text(patient: Any) -> str:
    """What the search column holds: names, phone and birth date, plain."""
    birth = patient.birth_date.strftime("%d/%m/%Y %d%m%Y") if patient.birth_date else ""
    names = plain(f"{patient.used_name} {patient.birth_name} {patient.first_names}")
    return f"{names} {national_digits(patient.phone)} {birth}".strip()
