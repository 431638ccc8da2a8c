"""Series and bundles of visits, with what links them to their visits."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import medidesk.clock


class Migration(migrations.Migration):
    dependencies = [
        ("agenda", "0009_quotas"),
        ("patients", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Bundle",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=medidesk.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=medidesk.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("kind", models.CharField(choices=[("family", "Famille"), ("care_path", "Parcours de soins")], max_length=9)),
                ("source", models.CharField(max_length=20)),
                ("booked_by", models.CharField(max_length=200)),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note administrative")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["created_at", "id"], name="bundle_created"),
                    models.Index(fields=["updated_at", "id"], name="bundle_changed"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Series",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=medidesk.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=medidesk.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("pattern", models.JSONField(blank=True, default=dict)),
                ("source", models.CharField(max_length=20)),
                ("booked_by", models.CharField(max_length=200)),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note administrative")),
                ("patient", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="series", to="patients.patient")),
                (
                    "practitioner",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agenda.practitioner"),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agenda.site"
                    ),
                ),
                ("visit_reason", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agenda.visitreason")),
            ],
        ),
        migrations.CreateModel(
            name="SeriesOccurrence",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveSmallIntegerField()),
                ("wanted", models.DateTimeField()),
                ("outcome", models.CharField(default="booked", max_length=40)),
                ("detail", models.CharField(blank=True, max_length=300)),
                (
                    "appointment",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="in_series",
                        to="agenda.appointment",
                    ),
                ),
                ("series", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="occurrences", to="agenda.series")),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="BundleMember",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "appointment",
                    models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="in_bundle", to="agenda.appointment"),
                ),
                ("bundle", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="members", to="agenda.bundle")),
            ],
            options={
                "ordering": ["number"],
                "constraints": [models.UniqueConstraint(fields=("bundle", "number"), name="bundle_number_once")],
            },
        ),
        migrations.AddIndex(
            model_name="series",
            index=models.Index(fields=["created_at", "id"], name="series_created"),
        ),
        migrations.AddIndex(
            model_name="series",
            index=models.Index(fields=["updated_at", "id"], name="series_changed"),
        ),
        migrations.AddConstraint(
            model_name="seriesoccurrence",
            constraint=models.UniqueConstraint(fields=("series", "number"), name="series_number_once"),
        ),
        migrations.AddConstraint(
            model_name="seriesoccurrence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("appointment__isnull", False), ("outcome", "booked")),
                    models.Q(models.Q(("outcome", "booked"), _negated=True), ("appointment__isnull", True)),
                    _connector="OR",
                ),
                name="series_booked_has_a_visit",
            ),
        ),
    ]
