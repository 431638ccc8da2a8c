"""The waiting list: who waits, freed times, offers, and how the cabinet offers."""

import uuid

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import medidesk.clock


class Migration(migrations.Migration):
    dependencies = [
        ("agenda", "0007_missed_visits"),
        ("patients", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="FreedTime",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("start", models.DateTimeField()),
                ("end", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "À proposer"),
                            ("filled", "Repris"),
                            ("nobody", "Personne à prévenir"),
                            ("taken", "Pris autrement"),
                            ("late", "Trop proche"),
                            ("stopped", "Arrêté par le cabinet"),
                        ],
                        default="open",
                        max_length=7,
                    ),
                ),
                ("created_at", models.DateTimeField(default=medidesk.clock.now)),
                (
                    "practitioner",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="agenda.practitioner"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WaitingListEntry",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=medidesk.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=medidesk.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "practitioners",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None),
                ),
                ("sites", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None)),
                ("from_date", models.DateField(blank=True, null=True)),
                ("until_date", models.DateField(blank=True, null=True)),
                ("windows", models.JSONField(blank=True, default=list)),
                (
                    "priority",
                    models.CharField(
                        choices=[("urgent", "Urgent"), ("soon", "Dès que possible"), ("normal", "Normal")], default="normal", max_length=6
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "En attente"),
                            ("offered", "Proposition en cours"),
                            ("booked", "Rendez-vous pris"),
                            ("withdrawn", "Retiré"),
                            ("expired", "Dépassé"),
                        ],
                        default="waiting",
                        max_length=9,
                    ),
                ),
                ("source", models.CharField(max_length=20)),
                ("joined_by", models.CharField(max_length=200)),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note administrative")),
                (
                    "appointment",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="agenda.appointment"
                    ),
                ),
                (
                    "booked",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="agenda.appointment"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="waiting_list_entries", to="patients.patient"
                    ),
                ),
                ("visit_reason", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="agenda.visitreason")),
            ],
        ),
        migrations.CreateModel(
            name="WaitingListRules",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ("automatic", models.BooleanField(default=True, verbose_name="proposer sans attendre le secrétariat")),
                (
                    "lead_minutes",
                    models.PositiveIntegerField(
                        default=60,
                        validators=[django.core.validators.MaxValueValidator(10080)],
                        verbose_name="ne plus proposer à moins de (minutes)",
                    ),
                ),
                (
                    "answer_minutes",
                    models.PositiveSmallIntegerField(
                        default=30,
                        validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(58)],
                        verbose_name="délai de réponse (minutes)",
                    ),
                ),
                (
                    "near_answer_minutes",
                    models.PositiveSmallIntegerField(
                        default=10,
                        validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(58)],
                        verbose_name="délai de réponse quand l’heure est proche (minutes)",
                    ),
                ),
                (
                    "near_hours",
                    models.PositiveSmallIntegerField(
                        default=24,
                        validators=[django.core.validators.MaxValueValidator(168)],
                        verbose_name="proche\xa0: à moins de (heures)",
                    ),
                ),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="waiting_rules_one_row")],
            },
        ),
        migrations.CreateModel(
            name="WaitingOffer",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("start", models.DateTimeField()),
                ("end", models.DateTimeField()),
                ("sent_at", models.DateTimeField()),
                ("answer_by", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "En cours"),
                            ("accepted", "Acceptée"),
                            ("declined", "Refusée"),
                            ("lapsed", "Sans réponse"),
                            ("gone", "Plus disponible"),
                            ("stopped", "Retirée par le cabinet"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("channel", models.CharField(choices=[("sms", "SMS"), ("email", "E-mail"), ("phone", "Téléphone")], max_length=5)),
                ("offered_by", models.CharField(max_length=200)),
                ("answered_at", models.DateTimeField(null=True)),
                ("answered_by", models.CharField(blank=True, max_length=200)),
                ("token_digest", models.CharField(max_length=64, unique=True)),
                (
                    "entry",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="offers", to="agenda.waitinglistentry"),
                ),
                (
                    "freed",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="offers", to="agenda.freedtime"
                    ),
                ),
                ("hold", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="agenda.hold")),
                (
                    "practitioner",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="agenda.practitioner"),
                ),
                ("site", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="agenda.site")),
            ],
        ),
        migrations.AddIndex(
            model_name="freedtime",
            index=models.Index(fields=["start"], name="freed_time_start"),
        ),
        migrations.AddConstraint(
            model_name="freedtime",
            constraint=models.CheckConstraint(condition=models.Q(("start__lt", models.F("end"))), name="freed_time_ends_after_start"),
        ),
        migrations.AddConstraint(
            model_name="freedtime",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")), fields=("practitioner", "start", "end"), name="freed_time_once"
            ),
        ),
        migrations.AddIndex(
            model_name="waitinglistentry",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "offered"])), fields=["state", "visit_reason"], name="waiting_standing"
            ),
        ),
        migrations.AddIndex(
            model_name="waitinglistentry",
            index=models.Index(fields=["created_at", "id"], name="waiting_since"),
        ),
        migrations.AddIndex(
            model_name="waitinglistentry",
            index=models.Index(fields=["updated_at", "id"], name="waiting_changed"),
        ),
        migrations.AddConstraint(
            model_name="waitinglistentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("deleted_at", None), ("state__in", ["waiting", "offered"])),
                fields=("patient", "visit_reason"),
                name="waiting_once",
            ),
        ),
        migrations.AddIndex(
            model_name="waitingoffer",
            index=models.Index(fields=["entry", "sent_at"], name="offer_of_entry"),
        ),
        migrations.AddIndex(
            model_name="waitingoffer",
            index=models.Index(condition=models.Q(("state", "open")), fields=["answer_by"], name="offer_open"),
        ),
        migrations.AddConstraint(
            model_name="waitingoffer",
            constraint=models.UniqueConstraint(condition=models.Q(("state", "open")), fields=("entry",), name="one_open_offer_per_entry"),
        ),
        migrations.AddConstraint(
            model_name="waitingoffer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")), fields=("practitioner", "start"), name="one_open_offer_per_time"
            ),
        ),
    ]
