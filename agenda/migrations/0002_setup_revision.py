"""The one row of the set-up revision, and the triggers that bump it with every write to a set-up table.

Numbers come from a sequence, which no rollback takes back: what a process kept under a number that was never committed can
then never be mistaken for what another transaction committed.
"""

from django.db import migrations

TABLES = (
    "agenda_site", "agenda_practitioner", "agenda_practitioner_sites", "agenda_resource", "agenda_visitreason", "agenda_reasonoffer",
    "agenda_openinghours", "agenda_openinghours_visit_reasons", "agenda_absence",
)  # fmt: skip

CREATE = """
CREATE SEQUENCE agenda_change_number;
INSERT INTO agenda_setuprevision (id, number) VALUES (1, nextval('agenda_change_number'));
CREATE FUNCTION agenda_bump_setup_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE agenda_setuprevision SET number = nextval('agenda_change_number');
    RETURN NULL;
END $$;
""" + "".join(
    f"CREATE TRIGGER bump_setup_revision AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION agenda_bump_setup_revision();\n"
    for table in TABLES
)

DROP = (
    "".join(f"DROP TRIGGER bump_setup_revision ON {table};\n" for table in TABLES)
    + "DROP FUNCTION agenda_bump_setup_revision(); DROP SEQUENCE agenda_change_number;"
)


class Migration(migrations.Migration):
    dependencies = [("agenda", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
