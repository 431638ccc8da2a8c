"""Finding a patient."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from medidesk import clock
from medidesk.accounts.models import STAFF_ROLES
from medidesk.accounts.permissions import allow
from patients.ages import age_on
from patients.search import search_patients

MOST_FOUND = 50


@allow(*sorted(STAFF_ROLES))
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The patients whose file holds every word of `?q=`."""
    text = request.GET.get("q", "").strip()[:100]
    now = clock.now()
    found = [(one, age_on(one.birth_date, now)) for one in search_patients(text, MOST_FOUND)] if text else []
    return render(request, "patients/search.html", {"q": text, "found": found, "section": "patients"})
