"""Invented patients: common French names, and mobile numbers of the range that the regulator keeps for fiction (06 39 98)."""

from datetime import date, timedelta
from random import Random

from patients.registration import PatientDetails

FEMALE = (
    "Monique Camille Samira Inês Élodie Brigitte Anaïs Simone Maëlle Jade Rose Lina Margaux Awa Justine Nora Solène Aude Louise Alix "
    "Perrine Fanny Océane Sarah Grâce Ève Claire Fatoumata Léa Manon Chloé Jeanne Odile Yasmina Thérèse Agathe Bérénice Valérie Nathalie Zoé"
).split()
MALE = (
    "Thomas Jean-Pierre Yann Loïc Hugo Daniel Paul Ibrahim Marcel Léo Sacha Émile Alain Guy Côme Antoine Étienne Bastien Ethan Robert "
    "Rémi Franck Erwan Gilles Théo Noé Karim Mehdi Jules Arthur Gérard René Lucas Maxime Stéphane Olivier Youssef Gaël Victor Bruno"
).split()
NAMES = (
    "Garnier Petit Benoît Ouali Rousseau Le-Bihan Marchand Da-Silva Hamon Faure Mercier Colin Adjovi Leroux Perrin Guérin Tessier Brunet "
    "Koné Lucas Dubois Ngoma Rivière Vidal Barbier Schmitt Poirier Moulin Carré Fontaine Roy Henry Sall Aubert Michel Chevalier Girard "
    "Lambert Blin Rey Rolland Picard Jacquet Clément Meunier Abadie Weber Boyer Noël Tanguy Lacroix Prevost Mallet Cohen Dumas Delannoy "
    "Vandamme Lefebvre Dewulf Caron Wattrelos Hennebelle Masson Fournier Morel Giraud Robin Bonnet Lemaire Roussel Dufour Blanchard"
).split()


def invent_patients(random: Random, count: int, today: date) -> list[PatientDetails]:
    """`count` people of all ages; the older ones more often without e-mail, children with a parent's number."""
    pairs = [(first, name, sex) for firsts, sex in ((FEMALE, "F"), (MALE, "M")) for first in firsts for name in NAMES]
    people = []
    for number, (first, name, sex) in enumerate(random.sample(pairs, count)):
        age_days = int(random.triangular(60, 365 * 95, 365 * 45))
        ascii_name = name.lower().replace("-", "").encode("ascii", "ignore").decode()
        email = f"{ascii_name}.{number}@patients.example" if random.random() < (0.85 if age_days < 365 * 70 else 0.4) else ""
        people.append(
            PatientDetails(
                first_names=first,
                birth_name=name.replace("-", " "),
                birth_date=today - timedelta(days=age_days),
                sex=sex,
                email=email,
                phone=f"+336399{80000 + number:05d}",
            )
        )
    return people
