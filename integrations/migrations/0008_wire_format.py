from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrations", "0007_connection_acts")]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="wire_format",
            field=models.CharField(blank=True, default="", max_length=20, verbose_name="protocole"),
            preserve_default=False,
        ),
    ]
