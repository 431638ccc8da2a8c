"""The practical information of the demo's cabinets."""

from decimal import Decimal

from agenda.models import VisitReason
from booking.models import PracticalNote, ReasonAdvice

ACCESS, HOURS, PRICES = PracticalNote.Kind.ACCESS, PracticalNote.Kind.HOURS, PracticalNote.Kind.PRICES

NOTES = {
    "tourcoing": [
        (ACCESS, "2e étage, ascenseur, accès fauteuil", ""),
        (ACCESS, "Métro 2, arrêt Tourcoing Centre · Parking à 80 m", ""),
        (HOURS, "Lun. – ven.", "8 h 30 – 18 h 30"),
        (HOURS, "Samedi", "9 h – 12 h"),
        (PRICES, "Consultation", "30 €"),
        (PRICES, "Enfant de moins de 6 ans", "35 €"),
        (PRICES, "Ostéopathie", "65 €"),
    ],
    "reunion": [
        (ACCESS, "Rez-de-chaussée, accès fauteuil", ""),
        (HOURS, "Lun. – ven.", "7 h 30 – 16 h 30"),
        (PRICES, "Consultation", "36 €"),
    ],
}
ADVICE = {
    "Consultation de médecine générale": ("", "30"),
    "Enfant de moins de 6 ans": ("Apportez le carnet de santé.", "35"),
    "Prise de sang": ("Venez à jeun depuis 12 heures, avec votre ordonnance.", None),
    "Ostéopathie, première séance": ("Apportez vos radios et comptes rendus récents.", "65"),
    "Ostéopathie, suivi": ("", "65"),
}


def write_demo_notes(slug: str) -> None:
    """Write, once, what the demo's cabinet of that name says to its patients."""
    if PracticalNote.objects.exists():
        return
    for position, (kind, label, value) in enumerate(NOTES.get(slug, [])):
        PracticalNote.objects.create(kind=kind, label=_together(label), value=_together(value), position=position)
    for reason in VisitReason.objects.filter(name__in=ADVICE, deleted_at__isnull=True):
        text, price = ADVICE[reason.name]
        ReasonAdvice.objects.get_or_create(visit_reason=reason, defaults={"text": text, "price": price and Decimal(price)})


def _together(text: str) -> str:
    """Hours and prices are not cut at the end of a line."""
    return text.replace(" h", "\u00a0h").replace("h ", "h\u00a0").replace(" €", "\u00a0€")
