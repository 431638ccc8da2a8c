"""What a visit belongs to, inside its own page."""

from django import template

from agenda.desk import together
from agenda.models import Appointment

register = template.Library()


@register.simple_tag
def together_of(visit: Appointment) -> together.Together:
    """Its series and its bundle."""
    return together.together_of(visit)
