"""The settings of production with the floors' routes beside its own; only the measures name this module."""

from medidesk import settings as production

globals().update({name: getattr(production, name) for name in dir(production) if name.isupper()})
ROOT_URLCONF = "bench.urls"
PUBLIC_SCHEMA_URLCONF = "bench.public_urls"
