import django.db.models.deletion
from django.db import migrations, models

STATES = ("received", "applied", "echo", "stale", "ignored", "unmapped", "left_alone", "not_understood", "unreadable")


class Migration(migrations.Migration):
    dependencies = [("integrations", "0011_long_cursors")]

    operations = [
        migrations.AlterField(
            model_name="inboundevent",
            name="state",
            field=models.CharField(
                choices=[(state, state.replace("_", " ").title()) for state in STATES], default="received", max_length=20
            ),
        ),
        migrations.CreateModel(
            name="LeftAlone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("practitioner", "Practitioner"), ("reason", "Reason"), ("site", "Site")], max_length=12),
                ),
                ("external_id", models.CharField(max_length=200)),
                (
                    "connection",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="left_alone", to="integrations.connection"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("connection", "kind", "external_id"), name="left_alone_once")],
            },
        ),
    ]
