from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrations", "0008_wire_format")]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="wire_text",
            field=models.TextField(blank=True, default="", verbose_name="description de l’interface"),
            preserve_default=False,
        ),
    ]
