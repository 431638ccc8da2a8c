"""What was granted without a date gets one: substitutes a year, and telesecretaries keep the agendas that they see today."""

from datetime import timedelta

from django.db import migrations

from medidesk import clock

A_YEAR = timedelta(days=364)


def give_dates(apps, schema_editor):
    """One dated row for each substitute, one opened agenda for each practitioner."""
    Practitioner, Substitution, OpenedAgenda = (apps.get_model("agenda", name) for name in ("Practitioner", "Substitution", "OpenedAgenda"))
    today = clock.now().date()
    for one in Practitioner.objects.filter(deleted_at=None).order_by("id"):
        if one.substitute_for_id not in (None, one.id):
            Substitution.objects.create(
                practitioner_id=one.substitute_for_id,
                substitute_id=one.id,
                first_day=today,
                last_day=today + A_YEAR,
                arranged_by="medidesk",
            )
        OpenedAgenda.objects.create(practitioner_id=one.id, role="telesecretary", opened_by="medidesk")


class Migration(migrations.Migration):
    dependencies = [("agenda", "0003_delegation")]
    operations = [migrations.RunPython(give_dates, migrations.RunPython.noop)]
