"""Who waits for time that another cabinet has."""

import django.contrib.postgres.fields.ranges
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shared_time", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="AwaitedTime",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person", models.UUIDField()),
                ("schema", models.TextField()),
                ("reference", models.UUIDField()),
                ("span", django.contrib.postgres.fields.ranges.IntegerRangeField()),
            ],
            options={
                "indexes": [models.Index(fields=["person"], name="awaited_time_of_a_person")],
                "constraints": [models.UniqueConstraint(fields=("schema", "reference", "person"), name="awaited_once")],
            },
        ),
    ]
