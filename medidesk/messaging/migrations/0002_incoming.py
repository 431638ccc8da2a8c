"""SMS that come in."""

import uuid

from django.db import migrations, models

import medidesk.clock


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="IncomingMessage",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("message_id", models.CharField(max_length=200, unique=True)),
                ("sender", models.CharField(max_length=40)),
                ("text", models.TextField()),
                ("sent_at", models.DateTimeField()),
                ("received_at", models.DateTimeField(default=medidesk.clock.now)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("understood", "Understood"),
                            ("for_people", "For People"),
                            ("settled", "Settled"),
                        ],
                        default="received",
                        max_length=10,
                    ),
                ),
                ("outcome", models.CharField(blank=True, max_length=40)),
                ("settled_by", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["received_at", "id"],
                "indexes": [
                    models.Index(condition=models.Q(("state", "for_people")), fields=["received_at"], name="incoming_for_people"),
                ],
            },
        ),
    ]
