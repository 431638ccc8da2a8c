import uuid

import django.db.models.deletion
from django.db import migrations, models

from integrations.models.act import ActKind
from medidesk import clock


class Migration(migrations.Migration):
    dependencies = [("integrations", "0006_calendar_feeds")]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="release_asked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="connection",
            name="mode",
            field=models.CharField(
                choices=[("rehearsal", "Répétition"), ("in", "Lecture"), ("both", "Lecture et écriture"), ("off", "Coupée")],
                default="rehearsal",
                max_length=10,
                verbose_name="mode",
            ),
        ),
        migrations.AlterField(
            model_name="outboundchange",
            name="state",
            field=models.CharField(
                choices=[("waiting", "Waiting"), ("done", "Done"), ("blocked", "Blocked"), ("dead", "Dead"), ("dropped", "Dropped")],
                default="waiting",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="ConnectionAct",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=ActKind.choices, max_length=20)),
                ("by", models.CharField(max_length=150)),
                ("detail", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField(default=clock.now)),
                (
                    "connection",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="acts", to="integrations.connection"),
                ),
            ],
            options={"ordering": ["-at", "id"]},
        ),
    ]
