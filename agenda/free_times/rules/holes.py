"""A time that would leave a gap in which nobody can be seen."""

from django.utils.translation import gettext_lazy as _

from agenda.free_times.rules.rule import Rule

WOULD_LEAVE_A_HOLE = Rule("would-leave-a-hole", _("Cette heure laisserait un trou inutilisable."), "warn", lambda case: False)
