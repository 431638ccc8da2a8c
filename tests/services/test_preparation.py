"""What the start does once, and again when what it was done from has changed."""

from medidesk.services.preparation import migrations
from medidesk.services.root import ROOT


def test_a_new_migration_of_any_app_is_run_over_old_data():
    numbered = [*ROOT.glob("*/migrations/0*.py"), *ROOT.glob("*/*/migrations/0*.py")]

    assert [path for path in numbered if path not in migrations()] == []
