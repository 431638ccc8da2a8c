"""Which site of ours is which there."""

from django.db import models

from agenda.models import Site
from integrations.models.connection import Connection


class SiteMapping(models.Model):
    """Which site of ours is which there; several of theirs may be one of ours."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="site_mappings")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    external_id = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "external_id"], name="one_site_per_external_id")]
