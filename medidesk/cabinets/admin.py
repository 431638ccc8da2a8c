"""The operators' back office, on the public host: cabinets are listed, opened, suspended and closed; no record can be read from here."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.sites import UnfoldAdminSite
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminTextInputWidget

from medidesk.cabinets.models import Cabinet, Domain
from medidesk.cabinets.provisioning import close_cabinet, open_cabinet, refuse_what_is_taken, reopen_cabinet, suspend_cabinet
from medidesk.errors import MediDeskError

operators = UnfoldAdminSite(name="admin")
operators.disable_action("delete_selected")

PRESENTATION = ["name", "slug", "time_zone", "phone", "email", "address", "postcode", "city", "presentation", "is_listed"]


class OpeningForm(forms.ModelForm):
    """What is asked to open a cabinet."""

    host = forms.CharField(label=_("nom d’hôte"), max_length=253, widget=UnfoldAdminTextInputWidget)
    owner_email = forms.EmailField(label=_("courriel du titulaire"), widget=UnfoldAdminEmailInputWidget)
    owner_name = forms.CharField(label=_("nom du titulaire"), max_length=150, required=False, widget=UnfoldAdminTextInputWidget)

    class Meta:
        model = Cabinet
        fields = PRESENTATION

    def clean(self) -> dict[str, Any]:
        """What the verb would refuse is said beside the form."""
        data = super().clean() or self.cleaned_data
        try:
            if not self.errors:
                refuse_what_is_taken(slug=data["slug"], hosts=[data["host"]])
        except MediDeskError as error:
            raise ValidationError(error.message) from error
        return data

    def save(self, commit: bool = True) -> Cabinet:
        """Open the cabinet by the verb."""
        data = {**self.cleaned_data}
        self.instance = open_cabinet(hosts=[data.pop("host")], **data)
        self.save_m2m = self._save_m2m
        return self.instance


class HostInline(TabularInline):
    """The host names, to read."""

    model = Domain
    extra = 0
    can_delete = False
    fields = readonly_fields = ["domain", "is_primary"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Names are given when the cabinet is opened."""
        return False


class CabinetAdmin(ModelAdmin):
    """Cabinets, by the same verbs as the commands."""

    list_display = ["name", "city", "main_host", "time_zone", "status", "created_at"]
    list_filter = ["status"]
    search_fields = ["name", "slug", "city", "domains__domain"]
    readonly_fields = ["uuid", "schema_name", "status", "created_at"]
    actions = ["suspend", "reopen", "close"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cabinet]:
        """With the host names, in one more query."""
        return super().get_queryset(request).prefetch_related("domains")

    def get_fields(self, request: HttpRequest, obj: Cabinet | None = None) -> list[str]:
        """The opening form, or what is known."""
        return [*PRESENTATION, *self.readonly_fields] if obj else ["host", "owner_email", "owner_name", *PRESENTATION]

    def get_readonly_fields(self, request: HttpRequest, obj: Cabinet | None = None) -> list[str]:
        """Nothing yet when opening."""
        return self.readonly_fields if obj else []

    def get_form(self, request: HttpRequest, obj: Cabinet | None = None, change: bool = False, **kwargs: Any) -> type[forms.ModelForm]:
        """The opening form for a new one."""
        return super().get_form(request, obj, change, **(kwargs if obj else {**kwargs, "form": OpeningForm}))

    def get_inlines(self, request: HttpRequest, obj: Cabinet | None) -> list[Any]:
        """Hosts of a cabinet that exists."""
        return [HostInline] if obj else []

    def save_model(self, request: HttpRequest, obj: Cabinet, form: forms.ModelForm, change: bool) -> None:
        """A new cabinet was saved by the verb; a changed one is saved here."""
        if change:
            super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A cabinet is closed, never deleted from a page."""
        return False

    @admin.display(description=_("nom d’hôte"))
    def main_host(self, cabinet: Cabinet) -> str:
        """The name that patients are given."""
        return next((domain.domain for domain in cabinet.domains.all() if domain.is_primary), "")

    @admin.action(description=_("Suspendre"))
    def suspend(self, request: HttpRequest, queryset: QuerySet[Cabinet]) -> None:
        """Answer 503 on the chosen cabinets' hosts."""
        self._each(request, queryset, suspend_cabinet)

    @admin.action(description=_("Rouvrir"))
    def reopen(self, request: HttpRequest, queryset: QuerySet[Cabinet]) -> None:
        """Answer again."""
        self._each(request, queryset, reopen_cabinet)

    @admin.action(description=_("Fermer"))
    def close(self, request: HttpRequest, queryset: QuerySet[Cabinet]) -> None:
        """Answer 410 on the chosen cabinets' hosts."""
        self._each(request, queryset, close_cabinet)

    def _each(self, request: HttpRequest, cabinets: QuerySet[Cabinet], act: Callable[[Cabinet], None]) -> None:
        for cabinet in cabinets:
            act(cabinet)
            self.log_change(request, cabinet, act.__name__)
            self.message_user(request, f"{cabinet} : {cabinet.get_status_display()}", messages.SUCCESS)


operators.register(Cabinet, CabinetAdmin)
