import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import medidesk.clock


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100, verbose_name="partenaire")),
                ("prefix", models.CharField(max_length=16, unique=True, verbose_name="début de la clé")),
                ("digest", models.CharField(max_length=64, unique=True)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None, verbose_name="droits"),
                ),
                ("staff", models.BooleanField(default=False, verbose_name="agit comme le cabinet")),
                ("created_at", models.DateTimeField(default=medidesk.clock.now, editable=False, verbose_name="créée le")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="révoquée le")),
            ],
            options={
                "verbose_name": "clé de partenaire",
                "verbose_name_plural": "clés de partenaires",
                "ordering": ["name", "created_at"],
            },
        ),
        migrations.CreateModel(
            name="KeptAnswer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("method", models.CharField(max_length=8)),
                ("path", models.CharField(max_length=300)),
                ("key", models.CharField(max_length=255)),
                ("fingerprint", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField()),
                ("body", models.BinaryField()),
                ("headers", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                (
                    "api_key",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="integrations.apikey"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["at"], name="kept_answer_age")],
                "constraints": [
                    models.UniqueConstraint(fields=("api_key", "key", "method", "path"), name="one_answer_per_idempotency_key")
                ],
            },
        ),
    ]
