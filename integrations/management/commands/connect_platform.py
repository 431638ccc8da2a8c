"""`manage.py connect_platform <cabinet> doctolib --base-url … --api-key …`: makes a connection, prints its id on the last line."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.connections.connecting import connect, start
from integrations.management.addressing import cabinet_named
from integrations.models import Mode, Reminds
from integrations.speaking.registry import platforms
from medidesk import clock
from medidesk.errors import MediDeskError

FLOWS = ("appointments_in", "appointments_out", "busy_out", "patients_in", "reasons", "absences", "status_out")


class Command(BaseCommand):
    """Connect a platform."""

    help = "Relie un cabinet à une plateforme."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where, with which key, who is who."""
        parser.add_argument("cabinet", help="nom court ou nom d’hôte du cabinet")
        parser.add_argument("platform", choices=platforms())
        parser.add_argument("--wire-format", default="", help="protocole, quand la plateforme en parle plusieurs (doctolib : partner)")
        parser.add_argument("--base-url", default="")
        parser.add_argument("--api-key", default="")
        parser.add_argument("--key", action="append", default=[], metavar="NOM=VALEUR", help="ce que la plateforme demande avec sa clé")
        parser.add_argument("--webhook-secret", default="")
        parser.add_argument("--mode", choices=Mode.values, default=Mode.REHEARSAL)
        parser.add_argument("--reminds", choices=Reminds.values, default="", help="qui rappelle les rendez-vous pris là-bas")
        parser.add_argument("--map-practitioner", action="append", default=[], metavar="NOTRE=LEUR")
        parser.add_argument("--map-reason", action="append", default=[], metavar="NOTRE=LEUR")
        parser.add_argument("--flow", action="append", default=[], metavar="NOM=on|off", help=" ".join(FLOWS))

    def handle(self, *args: Any, **options: Any) -> None:
        """Connect, go live as the mode says, print the id."""
        cabinet = cabinet_named(options["cabinet"])
        with cabinet:
            now = clock.now()
            try:
                connection = connect(
                    platform=options["platform"],
                    wire_format=options["wire_format"],
                    base_url=options["base_url"],
                    api_key=options["api_key"],
                    further_keys=_pairs(options["key"]),
                    webhook_secret=options["webhook_secret"],
                    mode=options["mode"],
                    reminds=options["reminds"],
                    practitioners=_ids(options["map_practitioner"]),
                    reasons=_ids(options["map_reason"]),
                    flows=_flows(options["flow"]),
                    now=now,
                )
                hindrance = start(connection, now)
            except MediDeskError as problem:
                raise CommandError(problem.message) from problem
            if hindrance:
                self.stderr.write(f"La plateforme n’a pas encore répondu comme il faut ({hindrance}) ; nouvel essai chaque minute.")
            self.stdout.write(str(connection.id))


def _pairs(texts: list[str]) -> dict[str, str]:
    pairs = dict(text.partition("=")[::2] for text in texts)
    if not all(ours and theirs for ours, theirs in pairs.items()):
        raise CommandError("Écrivez chaque paire ainsi : nom=valeur, nôtre=leur.")
    return pairs


def _ids(texts: list[str]) -> dict[UUID, str]:
    try:
        return {UUID(ours): theirs for ours, theirs in _pairs(texts).items()}
    except ValueError as problem:
        raise CommandError("L’identifiant de gauche doit être celui de MediDesk.") from problem


def _flows(texts: list[str]) -> dict[str, bool]:
    flows = _pairs(texts)
    if not (flows.keys() <= set(FLOWS) and set(flows.values()) <= {"on", "off"}):
        raise CommandError(f"Flux possibles, on ou off : {' '.join(FLOWS)}.")
    return {name: value == "on" for name, value in flows.items()}
