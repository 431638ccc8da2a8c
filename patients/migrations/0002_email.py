"""Files are looked for by e-mail address whenever somebody is registered."""

from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    """One index."""

    dependencies = [("patients", "0001_initial")]
    operations = [migrations.AddIndex("patient", models.Index(Upper("email"), name="patient_email"))]
