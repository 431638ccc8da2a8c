"""Credentials besides the key, sealed like it; who reminds the visits that the platform took."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0003_rehearsal"),
    ]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="further_keys_sealed",
            field=models.BinaryField(default=b""),
        ),
        migrations.AddField(
            model_name="connection",
            name="reminds",
            field=models.CharField(
                choices=[("platform", "La plateforme"), ("cabinet", "Le cabinet")],
                default="platform",
                max_length=10,
                verbose_name="qui rappelle",
            ),
        ),
    ]
