"""The patients of the browser tests: each one comes once, so that no test finds the traces of another."""

from dataclasses import dataclass
from itertools import count

FIRST_NAMES = ("Nour", "Odile", "Karim", "Apolline", "Joseph", "Bérengère", "Matthieu", "Salomé", "Yvonne")
NAMES = ("Haddad", "Delattre", "Vanhoutte", "Ziani", "Quénot", "Guellec", "Tonnerre", "Obadia", "Wibaut", "Ykhlef")

_numbers = count()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who books; the phone is of the range kept for fiction."""

    first_name: str
    last_name: str
    birth: tuple[str, str, str]
    phone: str

    @property
    def on_lists(self) -> str:
        """As the desk writes a name."""
        return f"{self.last_name.upper()} {self.first_name}"

    @property
    def phone_e164(self) -> str:
        """As the outbox writes the number."""
        return "+33" + self.phone.replace(" ", "")[1:]

    @property
    def email(self) -> str:
        """An address that nobody has."""
        return f"patient{self.phone_e164[-4:]}@exemple.fr"


def newcomer() -> Person:
    """Somebody whom the cabinet does not know."""
    number = next(_numbers)
    first = FIRST_NAMES[number % len(FIRST_NAMES)]
    last = NAMES[number % len(NAMES)]
    birth = (f"{number % 28 + 1:02d}", "04", f"{1950 + number % 60}")
    return Person(first, last, birth, f"06 39 98 {70 + number // 100} {number % 100:02d}")
