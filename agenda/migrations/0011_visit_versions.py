"""The triggers that bump a practitioner's version with every write of a visit, once per statement.

The versions are those of the occupancy (agenda_occupancyversion): what was kept of a practitioner's visits under a version is true as
long as it stands, whoever writes and whether the write takes time or not (an arrival, a note, another patient).
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION agenda_bump_visit_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO agenda_occupancyversion (resource, number)
    SELECT practitioner_id, nextval('agenda_change_number')
    FROM (SELECT DISTINCT practitioner_id FROM written ORDER BY practitioner_id) them
    ON CONFLICT (resource) DO UPDATE SET number = excluded.number;
    RETURN NULL;
END $$;
CREATE FUNCTION agenda_bump_visit_versions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO agenda_occupancyversion (resource, number)
    SELECT practitioner_id, nextval('agenda_change_number')
    FROM (SELECT practitioner_id FROM written UNION SELECT practitioner_id FROM before ORDER BY practitioner_id) them
    ON CONFLICT (resource) DO UPDATE SET number = excluded.number;
    RETURN NULL;
END $$;
CREATE TRIGGER bump_visit_version_insert AFTER INSERT ON agenda_appointment
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION agenda_bump_visit_version();
CREATE TRIGGER bump_visit_version_delete AFTER DELETE ON agenda_appointment
    REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION agenda_bump_visit_version();
CREATE TRIGGER bump_visit_version_update AFTER UPDATE ON agenda_appointment
    REFERENCING OLD TABLE AS before NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION agenda_bump_visit_versions();
"""

DROP = """
DROP TRIGGER bump_visit_version_insert ON agenda_appointment;
DROP TRIGGER bump_visit_version_delete ON agenda_appointment;
DROP TRIGGER bump_visit_version_update ON agenda_appointment;
DROP FUNCTION agenda_bump_visit_version();
DROP FUNCTION agenda_bump_visit_versions();
"""


class Migration(migrations.Migration):
    dependencies = [("agenda", "0010_series_and_bundles")]
    operations = [migrations.RunSQL(CREATE, DROP)]
