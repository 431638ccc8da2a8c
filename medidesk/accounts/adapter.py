"""How allauth's pages behave in a cabinet."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest

from medidesk.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in and sign-up of a cabinet's people."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where somebody without another destination goes."""
        return home_of(request.user)

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """The same after signing up."""
        return home_of(request.user)


def home_of(user: object) -> str:
    """The staff's agenda, a patient's visits."""
    return settings.STAFF_HOME if isinstance(user, User) and user.works_here else settings.PATIENT_HOME
