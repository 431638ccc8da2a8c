"""Mass absences with their lines, and how late practitioners run."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import medidesk.clock


class Migration(migrations.Migration):
    dependencies = [
        ("agenda", "0005_substitutes_sharing_sheets"),
    ]

    operations = [
        migrations.CreateModel(
            name="MassAbsence",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=medidesk.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=medidesk.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("start", models.DateTimeField()),
                ("end", models.DateTimeField()),
                ("label", models.CharField(blank=True, max_length=200, verbose_name="motif")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "En préparation"), ("sent", "Envoi prévu"), ("done", "Fait"), ("undone", "Repris")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("prepared_by", models.CharField(max_length=200)),
                ("sent_by", models.CharField(blank=True, max_length=200)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("undone_by", models.CharField(blank=True, max_length=200)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "absence",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="agenda.absence"
                    ),
                ),
                (
                    "practitioner",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="agenda.practitioner"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="agenda.site"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MassAbsenceLine",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("was_start", models.DateTimeField()),
                (
                    "decision",
                    models.CharField(
                        choices=[("propose", "Proposer trois horaires"), ("move", "Déplacer"), ("cancel", "Annuler"), ("keep", "Garder")],
                        max_length=10,
                    ),
                ),
                ("to_start", models.DateTimeField(blank=True, null=True)),
                ("proposals", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("done", "Done"),
                            ("spared", "Spared"),
                            ("to_undo", "To Undo"),
                            ("undone", "Undone"),
                            ("stuck", "Stuck"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("outcome", models.CharField(blank=True, max_length=40)),
                ("acted_version", models.PositiveIntegerField(null=True)),
                ("told", models.CharField(blank=True, max_length=10)),
                ("told_with", models.UUIDField(null=True)),
                ("phoned_by", models.CharField(blank=True, max_length=200)),
                ("phoned_at", models.DateTimeField(blank=True, null=True)),
                ("phone_outcome", models.CharField(blank=True, max_length=200)),
                ("appointment", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="agenda.appointment")),
                (
                    "mass_absence",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="agenda.massabsence"),
                ),
                (
                    "was_practitioner",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="agenda.practitioner"),
                ),
                (
                    "rebooked",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="agenda.appointment"
                    ),
                ),
                (
                    "to_practitioner",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="agenda.practitioner"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RunningLate",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("day", models.DateField()),
                ("minutes", models.PositiveSmallIntegerField()),
                ("said_by", models.CharField(max_length=200)),
                ("said_at", models.DateTimeField()),
                (
                    "practitioner",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="agenda.practitioner"),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="massabsence",
            index=models.Index(fields=["created_at", "id"], name="mass_absence_created"),
        ),
        migrations.AddConstraint(
            model_name="massabsence",
            constraint=models.CheckConstraint(
                condition=models.Q(("practitioner__isnull", True), ("site__isnull", True), _connector="XOR"), name="mass_absence_of_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="massabsence",
            constraint=models.CheckConstraint(condition=models.Q(("start__lt", models.F("end"))), name="mass_absence_ends_later"),
        ),
        migrations.AddConstraint(
            model_name="massabsenceline",
            constraint=models.UniqueConstraint(fields=("mass_absence", "appointment"), name="mass_absence_meets_once"),
        ),
        migrations.AddIndex(
            model_name="runninglate",
            index=models.Index(fields=["day"], name="running_late_day"),
        ),
        migrations.AddConstraint(
            model_name="runninglate",
            constraint=models.UniqueConstraint(fields=("practitioner", "day"), name="one_delay_a_day"),
        ),
    ]
