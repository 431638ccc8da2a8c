"""The page of a code that was sent: right, it proves to this browser whose telephone or mailbox it is."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest

from booking.codes import check_code
from booking.errors import CodeRefused
from booking.forms import CodeForm
from booking.visitor import prove_contact


def is_proved(request: HttpRequest, form: CodeForm, asked: Mapping[str, str], now: datetime) -> bool:
    """Is the typed code the one (`code`, its id) that went to `contact`? Then this browser is known by it; else the form says why."""
    if not (form.is_bound and form.is_valid()):
        return False
    try:
        check_code(UUID(asked["code"]), form.cleaned_data["code"], asked["contact"], now=now)
    except CodeRefused as refusal:
        form.add_error("code", refusal.message)
        return False
    prove_contact(request.session, asked["contact"], now)
    return True
