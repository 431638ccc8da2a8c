"""Static files under hashed names, inside ES modules too: a page never mixes the scripts of two versions."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Also rewrites what modules import from each other."""

    support_js_module_import_aggregation = True
