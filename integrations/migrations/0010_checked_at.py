"""When the platform last confirmed each thing of ours there: those not confirmed for longest are asked for first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies = [("integrations", "0009_wire_text")]
    operations = [migrations.AddField("externalreference", "checked_at", models.DateTimeField(null=True))]
