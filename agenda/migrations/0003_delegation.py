"""Substitutions, opened agendas, and what was granted: tables, and the trigger that makes pages of the agenda stale."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import medidesk.clock

CREATE = "".join(
    f"CREATE TRIGGER bump_setup_revision AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION agenda_bump_setup_revision();\n"
    for table in ("agenda_substitution", "agenda_openedagenda")
)
DROP = "".join(f"DROP TRIGGER bump_setup_revision ON {table};\n" for table in ("agenda_substitution", "agenda_openedagenda"))


class Migration(migrations.Migration):
    dependencies = [
        ("agenda", "0002_setup_revision"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RightsEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=medidesk.clock.now)),
                ("by", models.CharField(max_length=200)),
                ("act", models.CharField(max_length=40)),
                ("details", models.JSONField(default=dict)),
            ],
            options={"ordering": ["-id"]},
        ),
        migrations.CreateModel(
            name="OpenedAgenda",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        blank=True, choices=[("practitioner", "Praticien"), ("telesecretary", "Télésecrétaire")], max_length=20
                    ),
                ),
                ("until", models.DateField(blank=True, null=True, verbose_name="jusqu’au")),
                ("opened_by", models.CharField(blank=True, editable=False, max_length=200)),
                ("opened_at", models.DateTimeField(default=medidesk.clock.now, editable=False)),
                (
                    "practitioner",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="openings", to="agenda.practitioner"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["practitioner__position", "practitioner__last_name", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("user__isnull", True), ("role", ""), _connector="XOR"), name="agenda_opened_to_one"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("role", "")), fields=("practitioner", "user"), name="agenda_opened_once_to_a_person"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("user", None)), fields=("practitioner", "role"), name="agenda_opened_once_to_a_role"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Substitution",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(default=medidesk.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=medidesk.clock.now, editable=False)),
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("first_day", models.DateField(verbose_name="premier jour")),
                ("last_day", models.DateField(verbose_name="dernier jour")),
                ("arranged_by", models.CharField(blank=True, editable=False, max_length=200)),
                ("ended_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "practitioner",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="replacements", to="agenda.practitioner"),
                ),
                (
                    "substitute",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="substitutions", to="agenda.practitioner"),
                ),
            ],
            options={
                "ordering": ["first_day", "last_day", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("deleted_at", None), ("ended_at", None)), fields=["last_day"], name="substitution_last_day"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("first_day__lte", models.F("last_day"))), name="substitution_ends_after_start"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("practitioner", models.F("substitute")), _negated=True), name="substitution_of_another"
                    ),
                ],
            },
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
