"""The database engine: django-tenants' own, made to fail closed."""
