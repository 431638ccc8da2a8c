"""A disabled account stops listening."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models.signals import post_save
from django.dispatch import receiver
from django_tenants.utils import get_public_schema_name

from medidesk.live.publishing import revoke


@receiver(post_save, sender=get_user_model(), dispatch_uid="live-closes-streams-of-disabled")
def close_streams(instance: Any, created: bool, **_: Any) -> None:
    """Close the streams of somebody who may no longer come in."""
    if not created and not instance.is_active and connection.schema_name != get_public_schema_name():
        revoke(instance.pk)
