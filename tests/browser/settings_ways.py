"""The owner's settings, and what follows missed visits."""

from typing import Any

from playwright.sync_api import Page

from tests.browser.desk_ways import at_desk
from tests.browser.people import Person
from tests.browser.stage import Stage
from tests.browser.ways import Way, shown

OWNER = "helene.aubry@tilleuls.example"
MATHIS = Person("Mathis", "Delfosse", ("08", "03", "1994"), "06 39 98 09 31")  # of the demo: he missed three visits
SETTINGS: dict[str, Way] = {}


def of_owner(address: str) -> Way:
    """A page of the owner's."""

    def way(stage: Stage, **options: Any) -> Page:
        page = stage.desk(OWNER, **options).page
        page.goto(f"{stage.site_url}{address}")
        return page

    return way


SETTINGS["settings"] = of_owner("/reglages/")
SETTINGS["settings-sites"] = of_owner("/reglages/lieux")
SETTINGS["settings-practitioners"] = of_owner("/reglages/praticiens")
SETTINGS["settings-rooms"] = of_owner("/reglages/salles")
SETTINGS["settings-absences"] = of_owner("/reglages/absences")
SETTINGS["settings-quotas"] = of_owner("/reglages/quotas")
SETTINGS["settings-new-quota"] = of_owner("/reglages/quotas/nouveau")
SETTINGS["settings-hours"] = of_owner("/reglages/horaires")
SETTINGS["settings-reasons"] = of_owner("/reglages/motifs")
SETTINGS["settings-new-hours"] = of_owner("/reglages/horaires/nouveau")
SETTINGS["settings-new-absence"] = of_owner("/reglages/absences/nouveau")
SETTINGS["settings-missed-visits"] = of_owner("/reglages/rendez-vous-manques")
SETTINGS["settings-substitutions"] = of_owner("/agenda/remplacements")
SETTINGS["desk-devices"] = of_owner("/agenda/appareils")
SETTINGS["desk-backup-sheets"] = of_owner("/agenda/feuilles-de-secours")


@shown(SETTINGS, "settings-reason")
def settings_reason(stage: Stage, **options: Any) -> Page:
    """A reason with everything that it decides."""
    page = SETTINGS["settings-reasons"](stage, **options)
    page.locator(".settings-list a").first.click()
    page.locator(".settings-group").first.wait_for()
    return page


@shown(SETTINGS, "settings-refused")
def settings_refused(stage: Stage, **options: Any) -> Page:
    """A form that cannot be saved as it is."""
    page = SETTINGS["settings-new-hours"](stage, **options)
    page.locator("#id_start").fill("12h")
    page.locator("#id_end").fill("9h")
    page.get_by_role("button", name="Enregistrer").click()
    page.locator(".error-summary").wait_for()
    return page


@shown(SETTINGS, "settings-remove")
def settings_remove(stage: Stage, **options: Any) -> Page:
    """Asked before something is deleted."""
    page = SETTINGS["settings-reasons"](stage, **options)
    page.get_by_role("link", name="Supprimer").first.click()
    page.get_by_role("heading", name="Supprimer «").wait_for()
    return page


@shown(SETTINGS, "desk-online-booking")
def desk_online_booking(stage: Stage, **options: Any) -> Page:
    """Somebody who missed visits and contests."""
    page = at_desk("/agenda/a-traiter")(stage, **options)
    page.locator(".task", has_text="Conteste").get_by_role("link").click()
    page.locator("#absences").wait_for()
    return page


@shown(SETTINGS, "desk-record-notice")
def desk_record_notice(stage: Stage, **options: Any) -> Page:
    """The head of that record."""
    page = at_desk("/patients/?q=delfosse")(stage, **options)
    page.locator(".patients a").first.click()
    page.locator(".record-notices").wait_for()
    return page


@shown(SETTINGS, "desk-missed-visit")
def desk_missed_visit(stage: Stage, **options: Any) -> Page:
    """The missed visit itself."""
    page = desk_online_booking(stage, **options)
    page.locator("#absences a").first.click()
    page.locator(".excuse-form").wait_for()
    return page


_proved: dict[str, Any] = {}


def _prove(stage: Stage) -> Any:
    """Mathis's browser once he has typed the code that went to his telephone."""
    page = stage.site().page
    page.goto(f"{stage.site_url}/mes-rendez-vous/")
    page.locator("#id_contact").fill(MATHIS.phone)
    page.get_by_role("button", name="Recevoir un code").click()
    page.locator("#id_code").fill(stage.code_of(MATHIS))
    page.locator("main form button").first.click()
    page.locator(".closing-notice").wait_for()
    return page.context.storage_state()


@shown(SETTINGS, "site-closed")
def site_closed(stage: Stage, **options: Any) -> Page:
    """His visits on the cabinet's site, and why he may not book there."""
    if stage.site_url not in _proved:
        _proved[stage.site_url] = _prove(stage)
    page = stage.site(storage_state=_proved[stage.site_url], **options).page
    page.goto(f"{stage.site_url}/mes-rendez-vous/")
    page.locator(".closing-notice").wait_for()
    return page
