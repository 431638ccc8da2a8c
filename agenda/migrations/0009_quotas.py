"""Quotas of channels, and the reasons that avoid holes; both decide free times, so writing them bumps the set-up revision."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import medidesk.clock

TABLES = ("agenda_quota", "agenda_quota_visit_reasons")
CREATE = "".join(
    f"CREATE TRIGGER bump_setup_revision AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION agenda_bump_setup_revision();\n"
    for table in TABLES
)
DROP = "".join(f"DROP TRIGGER bump_setup_revision ON {table};\n" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("agenda", "0008_waiting_list")]

    operations = [
        migrations.AddField("visitreason", "avoid_holes", models.BooleanField(default=False, verbose_name="sans trou inutilisable")),
        migrations.CreateModel(
            name="Quota",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=medidesk.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=medidesk.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("weekday", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("start_minute", models.PositiveSmallIntegerField()),
                ("end_minute", models.PositiveSmallIntegerField()),
                ("channels", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), size=None)),
                ("most_visits", models.PositiveSmallIntegerField()),
                ("release_days_before", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("release_minute", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("valid_from", models.DateField(blank=True, null=True)),
                ("valid_until", models.DateField(blank=True, null=True)),
                (
                    "practitioner",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="quotas", to="agenda.practitioner"),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="quotas", to="agenda.site"
                    ),
                ),
                ("visit_reasons", models.ManyToManyField(blank=True, related_name="+", to="agenda.visitreason")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("end_minute__lte", 1440), ("start_minute__lt", models.F("end_minute"))), name="quota_in_a_day"
                    ),
                    models.CheckConstraint(condition=models.Q(("channels__len__gt", 0)), name="quota_of_channels"),
                    models.CheckConstraint(
                        condition=models.Q(("release_days_before__isnull", True), ("release_minute__isnull", False), _connector="XOR"),
                        name="quota_release_whole",
                    ),
                ],
            },
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
