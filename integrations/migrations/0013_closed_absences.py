import uuid

import django.db.models.deletion
from django.db import migrations, models

import medidesk.clock


class Migration(migrations.Migration):
    dependencies = [("integrations", "0012_left_alone")]

    operations = [
        migrations.CreateModel(
            name="ClosedAbsence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("practitioner", models.CharField(max_length=200)),
                ("start", models.DateTimeField()),
                ("end", models.DateTimeField()),
                ("reference", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("external_id", models.CharField(blank=True, max_length=200)),
                ("refused", models.CharField(blank=True, max_length=300)),
                ("tried_at", models.DateTimeField(default=medidesk.clock.now)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="closed_absences", to="integrations.connection"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("connection", "practitioner", "start", "end"), name="absence_closed_once")],
            },
        ),
    ]
