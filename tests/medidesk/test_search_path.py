"""Guard 1: a statement never runs in a cabinet that Postgres has not confirmed."""

import pytest
from django.db import connection

from medidesk.accounts.models import User
from medidesk.cabinets.models import Cabinet


def test_a_cabinet_sees_its_own_people(alma: User, chloe: User, other_cabinet: Cabinet) -> None:
    with other_cabinet:
        assert [user.email for user in User.objects.all()] == ["chloe@reunion.example"]

    assert [user.email for user in User.objects.all()] == ["alma@tourcoing.example"]
