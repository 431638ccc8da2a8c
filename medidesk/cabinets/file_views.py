"""The only way out of a cabinet's files: a short-lived address, made for one person by the code that decided they may read it."""

from datetime import timedelta

from django.core.files.storage import default_storage
from django.core.signing import BadSignature
from django.http import FileResponse, Http404, HttpRequest
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from medidesk.accounts.models import STAFF_ROLES, Role, User
from medidesk.accounts.permissions import allow
from medidesk.cabinets.signing import cabinet_signer

LIFE = timedelta(minutes=5)
PURPOSE = "file"


def address_of(name: str, *, reader: User, shown_as: str) -> str:
    """Return where `reader`, and nobody else, can fetch the stored file `name` for five minutes, downloaded as `shown_as`.

    Call it only where the reader's right to this file was just checked.
    """
    token = cabinet_signer(PURPOSE).sign_object({"name": name, "reader": str(reader.pk), "as": shown_as}, compress=True)
    return reverse("cabinet_file", args=[token])


@allow(*STAFF_ROLES, Role.PATIENT)
def cabinet_file(request: HttpRequest, token: str) -> FileResponse:
    """The file, as a download; an expired, altered, foreign or lent address is 404."""
    try:
        wanted = cabinet_signer(PURPOSE).unsign_object(token, max_age=LIFE)
    except BadSignature as error:
        raise Http404 from error
    if wanted["reader"] != str(request.user.pk) or not default_storage.exists(wanted["name"]):
        raise Http404
    response = FileResponse(default_storage.open(wanted["name"]), as_attachment=True, filename=wanted["as"])
    response["X-Content-Type-Options"] = "nosniff"
    add_never_cache_headers(response)
    return response
