"""Who gave a freed time: a visit, a hold, the set-up."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agenda", "0012_visit_numbers")]
    operations = [
        migrations.AddField(
            "freedtime",
            "origin",
            models.CharField(
                choices=[
                    ("visit", "Rendez-vous annulé ou déplacé"),
                    ("hold", "Réservation provisoire terminée"),
                    ("opening", "Horaires ouverts"),
                ],
                default="visit",
                max_length=7,
            ),
        ),
    ]
