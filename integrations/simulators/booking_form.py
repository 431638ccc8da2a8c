"""What a patient types to book on the platform's page, read and checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

FIELDS = ("last_name", "first_name", "birth_day", "birth_month", "birth_year", "phone", "email")


@dataclass
class BookingForm:
    """The values as typed, the sentences beside the fields, and the patient once all is well."""

    typed: dict[str, str] = field(default_factory=lambda: dict.fromkeys(FIELDS, ""))
    errors: dict[str, str] = field(default_factory=dict)
    birth_date: str = ""
    phone: str = ""

    @classmethod
    def read(cls, values: Mapping[str, object], today: date) -> "BookingForm":
        """Read a submitted form; `errors` is empty when it can be booked."""
        form = cls({name: str(values.get(name, "")).strip() for name in FIELDS})
        for name, sentence in (("last_name", "Saisissez votre nom."), ("first_name", "Saisissez votre prénom.")):
            if not form.typed[name]:
                form.errors[name] = sentence
        form._read_birth_date(today)
        form._read_phone()
        if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", form.typed["email"]):
            form.errors["email"] = "Saisissez une adresse complète, par exemple nour.haddad@exemple.fr."
        return form

    def patient(self) -> dict[str, str]:
        """The patient as the platform keeps them; the phone is in E.164."""
        names = {name: self.typed[name] for name in ("first_name", "last_name", "email")}
        return names | {"birth_date": self.birth_date, "phone": self.phone}

    def _read_birth_date(self, today: date) -> None:
        day, month, year = (self.typed[name] for name in ("birth_day", "birth_month", "birth_year"))
        try:
            born = date(int(year), int(month), int(day))
        except ValueError:
            self.errors["birth_day"] = "Saisissez votre date de naissance, par exemple 11 04 1987."
            return
        if not date(1900, 1, 1) <= born <= today:
            self.errors["birth_day"] = "Cette date de naissance n’est pas possible. Vérifiez l’année."
        self.birth_date = born.isoformat()

    def _read_phone(self) -> None:
        digits = re.sub(r"[^\d+]", "", self.typed["phone"]).replace("0033", "+33", 1)
        if re.fullmatch(r"0\d{9}", digits):
            self.phone = "+33" + digits[1:]
        elif re.fullmatch(r"\+[1-9]\d{7,14}", digits):
            self.phone = digits
        else:
            self.errors["phone"] = "Saisissez votre numéro de téléphone, par exemple 06 39 98 00 12."
