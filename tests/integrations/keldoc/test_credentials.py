"""Two keys, and one address for the account's events."""

from io import StringIO
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from integrations.connections.connecting import connect
from integrations.connections.going_live import go_live, rotate_secret
from integrations.errors import KeyRefused
from integrations.errors import Refused as PlatformRefused
from integrations.models import Connection
from medidesk import clock
from medidesk.errors import Refused
from tests.integrations.house import House, monday


def command(*words: str) -> str:
    """What the command prints last."""
    out = StringIO()
    call_command("connect_platform", "tourcoing", "keldoc", *words, stdout=out)
    return out.getvalue().splitlines()[-1]


def test_the_command_takes_both_keys_and_says_who_reminds(cabinet, hooks, keldoc):
    house = House(hooks)
    url = f"{keldoc.simulator.url}/partners"
    mapping = ("--map-practitioner", f"{house.alma.id}=101", "--map-reason", f"{house.reason.id}=11")

    printed = command(
        *("--base-url", url, "--api-key", "sim-keldoc-key", "--key", "secret=sim-keldoc-secret", "--mode", "both", "--reminds", "cabinet"),
        *mapping,
    )

    made = Connection.objects.get()
    assert UUID(printed) == made.id
    assert made.keys == {"api_key": "sim-keldoc-key", "secret": "sim-keldoc-secret"}
    assert b"sim-keldoc" not in bytes(made.api_key_sealed) + bytes(made.further_keys_sealed)
    assert made.reminds == "cabinet"
    assert made.webhook_registered_at is not None
    assert made.exported_at is not None

    assert command("--base-url", url, "--api-key", "sim-keldoc-key", "--mode", "both") == printed
    made.refresh_from_db()
    assert (made.keys["secret"], made.reminds) == ("sim-keldoc-secret", "cabinet")


@pytest.mark.parametrize("words", [(), ("--key", "secret"), ("--key", "password=x")])
def test_without_its_secret_keldoc_is_not_connected(cabinet, hooks, words):
    with pytest.raises(CommandError):
        command("--base-url", "http://127.0.0.1:9/partners", "--api-key", "k", *words)

    assert not Connection.objects.exists()


def test_keldoc_has_no_address_that_everybody_knows(cabinet, hooks):
    with pytest.raises(Refused) as refused:
        connect(platform="keldoc", base_url="", api_key="k", further_keys={"secret": "x"}, now=clock.now())

    assert refused.value.code == "address-missing"


def test_a_platform_of_one_key_takes_no_other(cabinet, hooks):
    with pytest.raises(Refused) as refused:
        connect(platform="maiia", base_url="http://127.0.0.1:9/v2", api_key="k", further_keys={"secret": "x"}, now=clock.now())

    assert refused.value.code == "keys-missing"


def test_a_wrong_secret_is_a_refused_key(cabinet, hooks, keldoc):
    house = House(hooks)

    with pytest.raises(KeyRefused):
        house.connect(keldoc, further_keys={"secret": "another"})


def test_the_account_s_one_address_becomes_ours_and_follows_a_new_secret(clinic):
    connection = clinic.connections["keldoc"]
    rotate_secret(connection, clock.now())
    there = clinic.book_there("keldoc", monday(10))

    clinic.settle()

    assert clinic.statuses == [202]
    assert clinic.visit("keldoc", there).start == monday(10)
    addresses = [each["url"] for each in clinic.simulators["keldoc"].state()["subscriptions"]]
    assert [address.rsplit("/", 1)[-1] for address in addresses] == [str(connection.id)]


def test_another_program_s_address_is_not_taken_from_it(cabinet, hooks, keldoc):
    house = House(hooks)
    keldoc.api.post("/config/webhooks", json={"url": "https://other.example/hook", "secret": "whsec_AAAA"}).raise_for_status()
    connection = connect(
        platform="keldoc",
        base_url=f"{keldoc.simulator.url}/partners",
        api_key="sim-keldoc-key",
        further_keys={"secret": "sim-keldoc-secret"},
        mode="in",
        practitioners={house.alma.id: "101"},
        now=clock.now(),
    )

    with pytest.raises(PlatformRefused, match="webhook of another program"):
        go_live(connection, clock.now())

    assert keldoc.api.get("/config/webhooks").json() == {"url": "https://other.example/hook"}
