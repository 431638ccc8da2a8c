import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from medidesk import clock


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("agenda", "0011_visit_versions"),
        ("integrations", "0005_imports"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("device", models.CharField(max_length=60, verbose_name="appareil")),
                (
                    "level",
                    models.CharField(
                        choices=[("busy", "Occupé seulement"), ("initials", "Initiales du patient")],
                        default="busy",
                        max_length=10,
                        verbose_name="ce qu’il montre",
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("content_digest", models.CharField(blank=True, max_length=64)),
                ("changed_at", models.DateTimeField(blank=True, null=True)),
                ("last_read_at", models.DateTimeField(blank=True, null=True, verbose_name="dernière lecture")),
                ("created_at", models.DateTimeField(default=clock.now, editable=False, verbose_name="créée le")),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "practitioner",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="agenda.practitioner"),
                ),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "ordering": ["created_at", "id"],
                "constraints": [
                    models.UniqueConstraint(condition=Q(revoked_at=None), fields=["user", "device"], name="one_feed_per_device")
                ],
            },
        ),
    ]
