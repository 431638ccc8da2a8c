from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrations", "0010_checked_at")]

    operations = [
        migrations.AlterField(model_name="connection", name="cursor", field=models.TextField(blank=True)),
    ]
