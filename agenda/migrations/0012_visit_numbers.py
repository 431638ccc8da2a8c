"""A short number for each visit of the cabinet, given by Postgres and never again: what the desk's addresses say instead of the id.

No model knows the column, so that nobody writes it; `agenda/desk/numbers.py` reads it.
"""

from django.db import migrations

ADD = """
ALTER TABLE agenda_appointment ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY;
ALTER TABLE agenda_appointment ADD CONSTRAINT appointment_number UNIQUE (number);
"""
DROP = "ALTER TABLE agenda_appointment DROP COLUMN number;"


class Migration(migrations.Migration):
    dependencies = [("agenda", "0011_visit_versions")]
    operations = [migrations.RunSQL(ADD, DROP)]
