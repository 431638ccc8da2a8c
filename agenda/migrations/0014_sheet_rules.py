"""What the cabinet wants on its sheets; those kept so far carry the reasons."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("agenda", "0013_freed_time_origin")]
    operations = [
        migrations.AddField("backupsheet", "with_reasons", models.BooleanField(default=True)),
        migrations.CreateModel(
            name="SheetRules",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ("with_reasons", models.BooleanField(default=False, verbose_name="écrire les motifs de consultation sur les feuilles")),
            ],
            options={"constraints": [models.CheckConstraint(condition=Q(("id", 1)), name="sheet_rules_one_row")]},
        ),
    ]
