"""The owner's settings, for tests: which pages there are, and what a browser sends to them."""

from agenda.models import Absence, OpeningHours, Practitioner, Quota, Resource, Site, VisitReason

MODELS = {
    "lieux": Site, "praticiens": Practitioner, "salles": Resource, "motifs": VisitReason, "horaires": OpeningHours, "absences": Absence,
    "quotas": Quota,
}  # fmt: skip


ONLY_CHANGED = {"rendez-vous-manques"}


def listing(slug):
    return f"/reglages/{slug}"


def created(owner, slug, values):
    before = set(MODELS[slug]._default_manager.values_list("pk", flat=True))
    answer = owner.post(f"/reglages/{slug}/nouveau", values)
    assert answer.status_code == 302, answer.context["form"].errors
    return MODELS[slug]._default_manager.exclude(pk__in=before).get()


def newest(slug):
    return MODELS[slug]._default_manager.filter(deleted_at=None).order_by("created_at").last()


def filled_forms(diary):
    """What creates one of each, as a browser sends it; a box that is not ticked is not sent."""
    alma, site, reason = str(diary.alma.id), str(diary.site.id), str(diary.reason.id)
    return {
        "lieux": {"name": "Annexe", "address_line": "1 rue Haute", "postal_code": "59200", "city": "Tourcoing", "phone": "03 20 00 00 02"},
        "praticiens": {
            "title": "Dr", "first_name": "Inès", "last_name": "Blin", "specialty": "SM26", "rpps": "10002673899", "color": "#a1b2c3",
            "sites": [site], "bookable_online": "on",
        },
        "salles": {"name": "Échographe", "kind": "device", "site": site},
        "motifs": {
            "name": "Suivi", "internal_name": "S", "color": "#0b5d4a", "duration_minutes": "20", "buffer_before_minutes": "5",
            "buffer_after_minutes": "", "grid_minutes": "15", "avoid_holes": "on", "bookable_by": "known", "needs_validation": "on",
            "min_notice_minutes": "60", "horizon_days": "90", "max_per_day": "4", "min_days_between": "7",
            f"offers_{alma}": "on", f"minutes_{alma}": "25", "resource_kinds_room": "2", "resource_kinds_device": "1",
        },
        "horaires": {
            "practitioner": alma, "site": site, "weekday": "2", "start": "8h30", "end": "24:00", "every_n_weeks": "2",
            "valid_from": "2026-03-02", "valid_until": "2026-12-31", "visit_reasons": [reason], "audience": "known",
            "channels": ["website", "partner"], "release_days_before": "1", "release_at": "8:00",
        },
        "absences": {
            "practitioner": f"practitioner:{alma}", "start": "2026-03-02", "start_time": "", "end": "2026-03-04", "end_time": "12:00",
            "label": "Congés", "repeat": "FREQ=WEEKLY;INTERVAL=2", "until": "2026-06-30",
        },
        "quotas": {
            "practitioner": alma, "site": "", "weekday": "", "start": "8:00", "end": "12:00", "channels": ["website", "platform"],
            "most_visits": "2", "release_days_before": "1", "release_at": "8:00",
        },
        "rendez-vous-manques": {
            "is_on": "on", "window_days": "180", "steps_0_missed": "2", "steps_0_act": "close", "steps_0_days": "15",
            **{f"steps_{n}_act": "validate" for n in range(1, 6)},
        },
    }  # fmt: skip
