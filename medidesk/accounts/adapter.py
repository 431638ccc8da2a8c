"""How allauth's pages behave in a cabinet."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest

from medidesk import clock
from medidesk.accounts.models import User

RECENT_SECONDS = 300  # how long a sign-in counts as having just shown the password


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in and sign-up of a cabinet's people."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where somebody without another destination goes."""
        return home_of(request.user)

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """The same after signing up."""
        return home_of(request.user)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever signed in a moment ago is not asked for the password a second time."""
        records = get_authentication_records(self.request, self.request.user)
        if records and clock.now().timestamp() - records[-1]["at"] < RECENT_SECONDS:
            return False
        return super().is_reauthentication_required(app=app, **kwargs)


def home_of(user: object) -> str:
    """The staff's agenda, a patient's visits."""
    return settings.STAFF_HOME if isinstance(user, User) and user.works_here else settings.PATIENT_HOME
