"""The undated substitute goes; a practitioner's shared occupancy and the evening's sheets come."""

import uuid

from django.db import migrations, models

import medidesk.clock


class Migration(migrations.Migration):
    dependencies = [("agenda", "0004_delegation_rows")]

    operations = [
        migrations.RemoveField(model_name="practitioner", name="substitute_for"),
        migrations.AddField(
            model_name="practitioner",
            name="shares_time",
            field=models.BooleanField(default=False, verbose_name="occupation partagée entre ses cabinets"),
        ),
        migrations.CreateModel(
            name="BackupSheet",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("day", models.DateField(unique=True)),
                ("file", models.CharField(max_length=200)),
                ("made_at", models.DateTimeField(default=medidesk.clock.now)),
            ],
            options={"ordering": ["day"]},
        ),
    ]
