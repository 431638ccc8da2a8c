"""The patients' pages, each in the state in which it is looked at."""

from typing import Any

from playwright.sync_api import Page

from tests.browser.people import Person, newcomer
from tests.browser.site_page import SitePage
from tests.browser.stage import Stage
from tests.browser.ways import Way, at, shown

SITE: dict[str, Way] = {}


def _identity(stage: Stage, **options: Any) -> SitePage:
    site = stage.site(**options)
    site.open()
    site.send_time(site.last_time())
    site.page.get_by_role("heading", name="Vos coordonnées").wait_for()
    return site


def _booked(stage: Stage, **options: Any) -> tuple[SitePage, Person]:
    person, site = newcomer(), _identity(stage, **options)
    site.fill(person)
    site.send()
    site.type_code(stage.code_of(person))
    site.send()
    site.page.get_by_role("heading", name="Votre rendez-vous est confirmé.").wait_for()
    return site, person


def _somebody(stage: Stage) -> Person:
    """Somebody who has booked, once for all the pages that only look at the visit."""
    if stage.somebody is None:
        stage.somebody = _booked(stage)[1]
    return stage.somebody


SITE["site-home"] = at("/")
SITE["site-visits-contact"] = at("/mes-rendez-vous/")
SITE["site-privacy"] = at("/donnees-personnelles/")
SITE["site-legal"] = at("/mentions-legales/")
SITE["site-accessibility"] = at("/accessibilite/")
SITE["site-not-found"] = at("/nulle-part/")


@shown(SITE, "site-identity")
def site_identity(stage: Stage, **options: Any) -> Page:
    """The identity, beside the kept time."""
    return _identity(stage, **options).page


@shown(SITE, "site-identity-errors")
def site_identity_errors(stage: Stage, **options: Any) -> Page:
    """The identity with what is missing."""
    site = _identity(stage, **options)
    site.page.get_by_label("Nom de naissance").fill("Delattre-Vandenbroucke")
    site.page.get_by_label("Téléphone mobile").fill("06 12")
    site.send()
    site.page.locator(".error-summary").wait_for()
    return site.page


@shown(SITE, "site-code")
def site_code(stage: Stage, **options: Any) -> Page:
    """The code received."""
    site = _identity(stage, **options)
    site.fill(newcomer())
    site.send()
    site.page.get_by_role("heading", name="Saisissez le code reçu").wait_for()
    return site.page


@shown(SITE, "site-confirmation")
def site_confirmation(stage: Stage, **options: Any) -> Page:
    """The proof."""
    return _booked(stage, **options)[0].page


@shown(SITE, "site-time-gone")
def site_time_gone(stage: Stage, **options: Any) -> Page:
    """Somebody was faster."""
    slow, fast = stage.site(**options), stage.site()
    for site in (slow, fast):
        site.open()
    start = slow.last_time()
    fast.send_time(start)
    fast.page.get_by_role("heading", name="Vos coordonnées").wait_for()
    slow.send_time(start)
    slow.page.get_by_role("heading", name="Cet horaire vient d’être pris").wait_for()
    return slow.page


@shown(SITE, "site-visit-by-link")
def site_visit_by_link(stage: Stage, **options: Any) -> Page:
    """What a signed link shows to who did not book in this browser."""
    page = stage.page(**options)
    page.goto(stage.link_of(_somebody(stage)))
    return page


@shown(SITE, "site-cancel")
def site_cancel(stage: Stage, **options: Any) -> Page:
    """The question before cancelling."""
    page = site_visit_by_link(stage, **options)
    page.get_by_role("link", name="Annuler", exact=True).click()
    page.get_by_role("heading", name="Annuler le rendez-vous").wait_for()
    return page


@shown(SITE, "site-cancelled")
def site_cancelled(stage: Stage, **options: Any) -> Page:
    """The visit after it was cancelled."""
    page = _booked(stage, **options)[0].page
    page.get_by_role("link", name="Annuler", exact=True).click()
    page.get_by_role("button", name="Annuler le rendez-vous").click()
    page.get_by_role("heading", name="Votre rendez-vous est annulé.").wait_for()
    return page


@shown(SITE, "site-move")
def site_move(stage: Stage, **options: Any) -> Page:
    """Another time for a visit."""
    page = site_visit_by_link(stage, **options)
    page.get_by_role("link", name="Déplacer").click()
    page.get_by_role("heading", name="Déplacer le rendez-vous").wait_for()
    return page


def _asked_for_code(stage: Stage, person: Person, **options: Any) -> Page:
    page = at("/mes-rendez-vous/")(stage, **options)
    page.locator("[name=contact]").fill(person.phone)
    page.get_by_role("button", name="Recevoir un code").click()
    page.get_by_role("heading", name="Saisissez le code reçu").wait_for()
    return page


@shown(SITE, "site-visits-code")
def site_visits_code(stage: Stage, **options: Any) -> Page:
    """« Mes rendez-vous »: the code."""
    return _asked_for_code(stage, _somebody(stage), **options)


@shown(SITE, "site-visits")
def site_visits(stage: Stage, **options: Any) -> Page:
    """« Mes rendez-vous »: the list, of somebody who has asked for no other code than the one to book."""
    person = _booked(stage)[1]
    before = stage.code_of(person)
    page = _asked_for_code(stage, person, **options)
    page.get_by_label("Code").fill(stage.code_of(person, other_than=before))
    page.get_by_role("button", name="Voir mes rendez-vous").click()
    page.get_by_role("heading", name="À venir").wait_for()
    return page
