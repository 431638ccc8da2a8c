"""A limit on sign-in forms that counts over all cabinets: a robot that changes host at each try is one robot."""

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from redis.exceptions import RedisError

WINDOW = 60  # seconds
CABINET_LIMIT = 60  # forms a minute from one address, all cabinets together: an office behind one address signs in each morning
OPERATOR_LIMIT = 10


def is_flooding(request: HttpRequest) -> bool:
    """Count this form; say whether its sender has sent too many. Without Redis nobody is held back: allauth's own limits fail then too."""
    if request.method != "POST" or not settings.MEDIDESK_RATE_LIMITS:
        return False
    for_operators = request.path.startswith("/operateurs/login")
    if not for_operators and not request.path.startswith("/compte/"):
        return False
    key = f"forms:{'operators' if for_operators else 'people'}:{get_adapter(request).get_client_ip(request)}"
    try:
        caches["shared"].add(key, 0, timeout=WINDOW)
        return caches["shared"].incr(key) > (OPERATOR_LIMIT if for_operators else CABINET_LIMIT)
    except (RedisError, ValueError):  # ValueError: the count ended between the two lines
        return False
