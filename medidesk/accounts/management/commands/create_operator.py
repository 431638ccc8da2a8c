"""Make an operator's account: `manage.py create_operator alix@example.org --name "Alix Robin"`."""

import getpass
import os
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from medidesk.accounts.models import Role, User
from medidesk.cabinets.entering import enter_public


class Command(BaseCommand):
    """Saves the operator in the shared schema; the password comes from MEDIDESK_OPERATOR_PASSWORD or is asked for."""

    help = "Crée le compte d’un exploitant (bureau /operateurs/ de l’hôte public)."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to say."""
        parser.add_argument("email")
        parser.add_argument("--name", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it, or say in one line why not."""
        password = os.environ.get("MEDIDESK_OPERATOR_PASSWORD") or getpass.getpass("Mot de passe : ")
        with enter_public():
            if User.objects.filter(email=options["email"].lower()).exists():
                raise CommandError(f"{options['email']} a déjà un compte.")
            try:
                validate_password(password)
            except ValidationError as error:
                raise CommandError(" ".join(error.messages)) from error
            User.objects.create_user(options["email"], password, role=Role.OPERATOR, full_name=options["name"])
        self.stdout.write(f"{options['email']} peut entrer par /operateurs/.")
