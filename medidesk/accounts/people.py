"""The cabinet's people: coming, being shut out, coming back."""

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext as _

from medidesk.accounts.models import Role, User
from medidesk.accounts.signals import account_disabled
from medidesk.errors import Conflicting


class AddressTaken(Conflicting):
    """Somebody of this cabinet signs in with this address already."""

    code = "address-taken"


@transaction.atomic
def add_person(*, email: str, role: str, full_name: str = "", owns_cabinet: bool = False, password: str | None = None) -> User:
    """Make an account of the entered cabinet, its address taken for checked (the owner vouches for it); raise `AddressTaken`.

    Without a password the person signs in by a code sent to the address.
    """
    if User.objects.filter(email=email.lower()).exists():
        raise AddressTaken(_("Cette adresse a déjà un compte dans ce cabinet."), pointer="email")
    user = User.objects.create_user(email, password, role=Role(role), full_name=full_name, owns_cabinet=owns_cabinet)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@transaction.atomic
def disable_account(user: User) -> None:
    """Shut the person out at once: the account, its sessions, and by signal whatever else it opens (feeds, keys)."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_sessions(user)
    transaction.on_commit(lambda: account_disabled.send(User, user=user))


def enable_account(user: User) -> None:
    """Let the person sign in again; nothing that was ended comes back."""
    user.is_active = True
    user.save(update_fields=["is_active"])


def end_sessions(user: User) -> None:
    """Sign the person out of every browser."""
    keys = list(UserSession.objects.filter(user=user).values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(user=user).delete()
