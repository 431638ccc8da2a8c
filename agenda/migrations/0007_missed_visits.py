"""The cabinet's rule about missed visits (one row, off), excuses, and what was decided about closings; the rule decides free times."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import agenda.models.missed_visits
from medidesk import clock

ROW = "INSERT INTO agenda_bookingpolicy (id, version, created_at, updated_at, is_on, window_days, steps) VALUES (gen_random_uuid(), 1,"
STEPS = (
    '[{"missed": 2, "act": "validate", "days": 30}, {"missed": 3, "act": "close", "days": 90}, {"missed": 4, "act": "close", "days": 180}]'
)
CREATE = f"""
{ROW} now(), now(), false, 365, '{STEPS}');
CREATE TRIGGER bump_setup_revision AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON agenda_bookingpolicy
    FOR EACH STATEMENT EXECUTE FUNCTION agenda_bump_setup_revision();
"""
DROP = "DROP TRIGGER bump_setup_revision ON agenda_bookingpolicy; DELETE FROM agenda_bookingpolicy;"


class Migration(migrations.Migration):
    dependencies = [("agenda", "0006_mass_absence")]
    operations = [
        migrations.CreateModel(
            name="BookingPolicy",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("is_on", models.BooleanField(default=False, verbose_name="règle active")),
                ("window_days", models.PositiveSmallIntegerField(default=365, verbose_name="période observée")),
                ("steps", models.JSONField(default=agenda.models.missed_visits.usual_steps, verbose_name="paliers")),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="MissedVisitExcuse",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("by", models.CharField(max_length=200)),
                ("motive", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
                ("withdrawn_by", models.CharField(blank=True, max_length=200)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "appointment",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="excuses", to="agenda.appointment"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)), fields=("appointment",), name="one_standing_excuse"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ClosingReview",
            fields=[
                (
                    "appointment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="closing_review",
                        serialize=False,
                        to="agenda.appointment",
                    ),
                ),
                ("contest", models.CharField(blank=True, max_length=1000)),
                ("contested_at", models.DateTimeField(blank=True, null=True)),
                ("decision", models.CharField(blank=True, choices=[("lifted", "rouverte"), ("kept", "maintenue")], max_length=10)),
                ("decided_by", models.CharField(blank=True, max_length=200)),
                ("motive", models.CharField(blank=True, max_length=500)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("contested_at__isnull", False), ("decision", "")),
                        fields=["contested_at"],
                        name="closing_contests",
                    )
                ],
            },
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
