import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agenda", "0001_initial"), ("integrations", "0014_persons_visits")]

    operations = [
        migrations.CreateModel(
            name="SiteMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("external_id", models.CharField(max_length=200)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="site_mappings", to="integrations.connection"
                    ),
                ),
                ("site", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="agenda.site")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("connection", "external_id"), name="one_site_per_external_id")],
            },
        ),
    ]
