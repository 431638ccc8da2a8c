"""How allauth's pages behave in a cabinet."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in, sign-up and the mails about them."""


class MFAAdapter(DefaultMFAAdapter):
    """Second factors."""
