"""What is asked of somebody who opens an account."""

from allauth.account.forms import SignupForm as BaseSignupForm
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from medidesk.accounts.models import User


class SignupForm(BaseSignupForm):
    """A patient's account: a name beside the address and the password."""

    full_name = forms.CharField(label=_("Prénom et nom"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))

    field_order = ["full_name", "email", "password1"]

    def custom_signup(self, request: HttpRequest, user: User) -> None:
        """Keep the name."""
        user.full_name = self.cleaned_data["full_name"].strip()
        user.save(update_fields=["full_name"])
