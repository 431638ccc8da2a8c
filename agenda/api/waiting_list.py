"""The waiting list over REST: join, change, leave, and propose a time by hand."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from agenda.api.appointments import PARTNER_SOURCE, actor_of
from agenda.api.references import must_exist
from agenda.models import Practitioner, Priority, VisitReason, WaitingListEntry, WaitingOffer
from agenda.waiting_list.joining import change, join, remove
from agenda.waiting_list.offering import offer_to
from medidesk.api.codes import explain_codes
from medidesk.api.doors import Answer, Call, Operation, door, path_id
from medidesk.api.fields import Field, ListOf, Record
from medidesk.api.kinds import Choice, Day, Id, Instant, Integer, Text, WallTime
from medidesk.api.paging import PAGING, page
from medidesk.api.problems import not_found
from medidesk.api.shapes import ID, INSTANT, NULLABLE_ID, TEXT, Shape, list_of, object_of
from medidesk.cabinets.current import current_zone
from patients.models import Patient

WINDOW = Record(
    (
        Field("weekdays", ListOf(Integer(0, 6), 7), doc="lundi 0"),
        Field("start", WallTime()),
        Field("end", WallTime(midnight=True), doc="24:00 admis"),
    )
)
WISH = (
    Field("visit_reason", Id("visit-reasons"), None, doc="nécessaire sans appointment"),
    Field("practitioners", ListOf(Id("practitioners")), list, doc="vide : tous"),
    Field("sites", ListOf(Id("sites")), list, doc="vide : tous"),
    Field("from", Day(), None, doc="inclus"),
    Field("until", Day(last_year=9999), None, doc="inclus"),
    Field("windows", ListOf(WINDOW, 14, distinct=False), list, doc="heure du cabinet ; vide : toutes"),
    Field("priority", Choice(Priority.values), Priority.NORMAL.value, doc="fixée par le cabinet"),
    Field("note", Text(300), "", doc="administrative"),
)
OFFER = object_of(
    id=ID, practitioner=ID, site=NULLABLE_ID, start=INSTANT, end=INSTANT, sent_at=INSTANT, answer_by=INSTANT,
    state={"type": "string", "enum": list(WaitingOffer.State.values)},
    channel={"type": "string", "enum": list(WaitingOffer.Channel.values)},
)  # fmt: skip
SHAPE = Shape(
    "WaitingListEntry",
    (
        Field("patient", Id("patients")),
        *WISH,
        Field("appointment", Id("appointments"), None, doc="le rendez-vous à avancer ; son motif compte alors"),
    ),
    shown={
        "state": {"type": "string", "enum": list(WaitingListEntry.State.values)},
        "source": TEXT,
        "joined_by": TEXT,
        "booked": NULLABLE_ID,
        "offers": list_of(OFFER),
        "created_at": INSTANT,
    },
)
NEW_ENTRY = Record(SHAPE.writable)
CHANGED_ENTRY = Record(WISH, partial=True)
NEW_OFFER = Record(
    (
        Field("practitioner", Id("practitioners")),
        Field("start", Instant()),
        Field("minutes", Integer(5, 58), None, doc="délai de réponse ; null : celui du cabinet"),
        Field("channel", Choice(WaitingOffer.Channel.values), None, doc="null : celui du patient ; phone : quelqu’un appelle"),
    )
)
FILTERS = (
    Field("patient", ListOf(Id("patients"), distinct=False), None),
    Field("visit_reason", ListOf(Id("visit-reasons"), distinct=False), None),
    Field("state", ListOf(Choice(WaitingListEntry.State.values), distinct=False), None),
    *PAGING,
)
_COLUMNS = {"visit_reason": "visit_reason_id", "from": "from_date", "until": "until_date"}


def find(call: Call) -> WaitingListEntry:
    """The living entry that the path names."""
    entry = _rows().filter(pk=path_id(call), deleted_at=None).first()
    if entry is None:
        raise not_found()
    return entry


def list_entries(call: Call) -> Answer:
    """One page, filtered."""
    rows = _rows()
    for name, model, column in (("patient", Patient, "patient_id"), ("visit_reason", VisitReason, "visit_reason_id")):
        if call.query[name]:
            must_exist(model, call.query[name], f"/{name}", also_deleted=True)
            rows = rows.filter(**{f"{column}__in": call.query[name]})
    if call.query["state"]:
        rows = rows.filter(state__in=call.query["state"])
    return page(call, rows, lambda found: [render(one) for one in found])


def get_entry(call: Call) -> Answer:
    """One entry."""
    return _answer(call.subject)


def add(call: Call) -> Answer:
    """A patient joins the list."""
    body = call.body
    entry = join(
        patient_id=body["patient"], appointment_id=body["appointment"], actor=actor_of(call), source=PARTNER_SOURCE, now=call.now,
        **_wish(body),
    )  # fmt: skip
    return _answer(_read(entry), 201, location=f"/api/v1/waiting-list/{entry.id}")


def edit(call: Call) -> Answer:
    """Another wish."""
    body = {name: value for name, value in call.body.items() if not (name == "visit_reason" and value is None)}
    entry = change(
        entry_id=call.subject.id, changes=_wish(body), actor=actor_of(call), now=call.now, expected_version=call.expected_version
    )
    return _answer(_read(entry))


def leave(call: Call) -> Answer:
    """Off the list."""
    remove(entry_id=call.subject.id, actor=actor_of(call), now=call.now, expected_version=call.expected_version)
    return Answer(204)


def propose(call: Call) -> Answer:
    """A held time, proposed to this one."""
    body = call.body
    must_exist(Practitioner, [body["practitioner"]], "/practitioner")
    offer = offer_to(
        entry_id=call.subject.id, practitioner_id=body["practitioner"], start=body["start"], minutes=body["minutes"],
        channel=body["channel"], actor=actor_of(call), now=call.now,
    )  # fmt: skip
    return Answer.json(_offer(offer), 201)


def render(entry: WaitingListEntry) -> dict[str, Any]:
    """The entry as the contract shows it."""
    return {
        "id": entry.id,
        "version": entry.version,
        "patient": entry.patient_id,
        "visit_reason": entry.visit_reason_id,
        "practitioners": entry.practitioners,
        "sites": entry.sites,
        "from": entry.from_date,
        "until": entry.until_date,
        "windows": [{**one, "start": _wall_time(one["start"]), "end": _wall_time(one["end"])} for one in entry.windows],
        "appointment": entry.appointment_id,
        "priority": entry.priority,
        "note": entry.note,
        "state": entry.state,
        "source": entry.source,
        "joined_by": entry.joined_by,
        "booked": entry.booked_id,
        "offers": [_offer(one) for one in sorted(entry.offers.all(), key=lambda one: one.sent_at)],
        "created_at": entry.created_at.astimezone(current_zone()),
        "updated_at": entry.updated_at,
    }


def _offer(offer: WaitingOffer) -> dict[str, Any]:
    zone = current_zone()
    times = {name: getattr(offer, name).astimezone(zone) for name in ("start", "end", "sent_at", "answer_by")}
    return {
        "id": offer.id, "practitioner": offer.practitioner_id, "site": offer.site_id, **times, "state": offer.state,
        "channel": offer.channel,
    }  # fmt: skip


def _wish(body: dict[str, Any]) -> dict[str, Any]:
    """The body's names as the verbs know them."""
    names = [one.name for one in WISH if one.name in body]
    return {_COLUMNS.get(name, name): body[name] for name in names}


def _answer(entry: WaitingListEntry, status: int = 200, location: str = "") -> Answer:
    return Answer.json(render(entry), status, version=entry.version, location=location)


def _read(entry: WaitingListEntry) -> WaitingListEntry:
    return _rows().get(pk=entry.pk)


def _rows() -> QuerySet[WaitingListEntry]:
    return WaitingListEntry.objects.prefetch_related("offers")


def _wall_time(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


READ, WRITE = "agenda:read", "agenda:write"

explain_codes(
    {
        "already-waiting": _("Le patient est déjà sur la liste d’attente pour ce motif."),
        "not-waiting": _("La personne n’attend plus, ou une heure lui est déjà proposée."),
        "offer-gone": _("La proposition est finie : répondue, dépassée, ou l’heure a été prise."),
        "no-way-to-reach": _("Le patient ne reçoit aucun message par ce canal."),
        "quiet-hours": _("Aucun message ne part entre 20 h et 8 h."),
        "windows-not-valid": _("Une plage horaire est sans jour, ou finit avant de commencer."),
        "dates-not-valid": _("Les dates se croisent, ou sont passées."),
        "not-movable": _("Ce rendez-vous ne peut plus être avancé."),
    }
)

ROUTES = [
    door(
        "waiting-list",
        GET=Operation(list_entries, "Lister la liste d’attente", READ, query=FILTERS, shows=SHAPE.listing()),
        POST=Operation(
            add, "Inscrire sur la liste d’attente", WRITE, 201, body=NEW_ENTRY, shows=SHAPE.schema(), refusals=(409, 422)
        ),
    ),
    door(
        "waiting-list/<str:id>",
        GET=Operation(get_entry, "Lire une inscription", READ, find=find, shows=SHAPE.schema()),
        PATCH=Operation(
            edit, "Changer une inscription", WRITE, body=CHANGED_ENTRY, find=find, if_match="needed", shows=SHAPE.schema(),
            refusals=(409, 422),
        ),
        DELETE=Operation(leave, "Retirer de la liste", WRITE, 204, find=find, if_match="needed", refusals=(409,)),
    ),
    door(
        "waiting-list/<str:id>/offers",
        POST=Operation(
            propose, "Proposer une heure", WRITE, 201, body=NEW_OFFER, find=find, if_match="honoured", shows=OFFER, refusals=(409, 422)
        ),
    ),
]  # fmt: skip
