"""The visits of one person on one platform are looked for whenever another of theirs is new."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """One index."""

    dependencies = [("integrations", "0013_closed_absences")]
    operations = [
        migrations.AddIndex(
            "externalreference",
            models.Index(fields=["patient_hash", "connection"], name="reference_person", condition=~Q(patient_hash="")),
        )
    ]
