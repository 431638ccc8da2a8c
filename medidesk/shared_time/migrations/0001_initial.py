"""The shared table of taken time, the versions, and the numbers that no rollback takes back."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="PersonVersion",
            fields=[
                ("person", models.UUIDField(primary_key=True, serialize=False)),
                ("number", models.BigIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name="SharedTime",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person", models.UUIDField()),
                ("schema", models.TextField()),
                ("reference", models.UUIDField()),
                ("span", django.contrib.postgres.fields.ranges.IntegerRangeField()),
                ("expires_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["schema", "reference"], name="shared_time_of_a_visit")],
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("person", "="), ("schema", "<>"), ("span", "&&")], name="shared_time_never_in_two_cabinets"
                    )
                ],
            },
        ),
        migrations.RunSQL("CREATE SEQUENCE shared_time_number", "DROP SEQUENCE shared_time_number"),
    ]
