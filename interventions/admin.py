"""The operator's site: agencies, accounts and who manages each; the visits and their journal can only be read.

A status is written by `operations` alone. Sign-in mails hold secrets, so that no mail is shown here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.utils.translation import gettext as _

from interventions import clock, operations
from interventions.looked_at import OfOneAgence
from interventions.mails import waiting
from interventions.models import Agence, Batch, Gestionnaire, Intervention, JournalEntry, User
from interventions.tenancy import within


class ReadOnly(admin.ModelAdmin):
    """Rows that are looked at."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: Any) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Refuse."""
        return False


@admin.register(Agence)
class AgenceAdmin(admin.ModelAdmin):
    """Agencies: opened here, then run by their own people."""

    list_display = ("name", "timezone", "module_enabled", "mails_waiting", "created_at")
    search_fields = ("name",)
    readonly_fields = ("module_enabled_at",)

    @admin.display(description=_("mails en attente"))
    def mails_waiting(self, agence: Agence) -> str:
        """Return how many mails should have left, and for how long the first has waited."""
        now = clock.now()
        with within(agence.pk):
            queue = waiting.of(agence, now)
        if not queue.count:
            return "0"
        return _("%(count)d, depuis %(minutes)d min") % {"count": queue.count, "minutes": queue.minutes(now)}

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Offer the mail services that the settings name."""
        if db_field.name == "mailer":
            names = [(name, name) for name in settings.MAILERS]
            return forms.ChoiceField(
                choices=[("", "—"), *names], required=False, label=db_field.verbose_name, help_text=db_field.help_text
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: Any, obj: Agence, form: Any, change: bool) -> None:
        """Open a new agency with its first lists of motifs, as the product does."""
        if change:
            super().save_model(request, obj, form, change)
            return
        fields = dict(form.cleaned_data)
        obj.pk = operations.create_agence(fields.pop("name"), **fields).pk
        obj.refresh_from_db()

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Refuse: an agency's visits are never lost."""
        return False


class UserForm(forms.ModelForm):
    """An account: its address, in lower case, and whether it opens."""

    class Meta:
        model = User
        fields = ("email", "is_active", "is_staff", "is_superuser")

    def clean_email(self) -> str:
        """Compare addresses in lower case."""
        return str(self.cleaned_data["email"]).strip().lower()


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """Accounts. The address of one that exists is its agency's to change, where its sessions then end."""

    form = UserForm
    list_display = ("email", "is_active", "is_superuser", "last_login", "date_joined")
    list_filter = ("is_active", "is_superuser")
    search_fields = ("email",)
    ordering = ("email",)

    def get_readonly_fields(self, request: Any, obj: User | None = None) -> tuple[str, ...]:
        """Close the address once it is in use."""
        return ("email",) if obj else ()

    def save_model(self, request: Any, obj: User, form: Any, change: bool) -> None:
        """Leave a new account without a password: its first sign-in is by a code."""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Refuse: an account is closed, and what it did stays on record."""
        return False


class Numbers(AutocompleteSelect):
    """Looks up what was chosen only where it is the number of a row: on anything else, Django's own breaks."""

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        """Return the options chosen."""
        return super().optgroups(
            name, [one for one in value if one.isascii() and one.isdigit() and len(one) < 19], attr
        )


@admin.register(Gestionnaire)
class GestionnaireAdmin(admin.ModelAdmin):
    """An agency's first gestionnaire is entered here; the others, and secteurs, by whoever has administration."""

    list_display = ("__str__", "agence", "user", "may_administer", "ended_at")
    list_filter = (OfOneAgence,)
    list_select_related = ("agence", "user")
    search_fields = ("last_name", "first_name", "user__email")
    autocomplete_fields = ("agence", "user")
    exclude = ("secteurs", "all_secteurs")

    def get_readonly_fields(self, request: Any, obj: Gestionnaire | None = None) -> tuple[str, ...]:
        """Keep who is there in their agency."""
        return ("agence",) if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Return the field, whose page outlives a choice that is none."""
        return super().formfield_for_foreignkey(
            db_field, request, **{"widget": Numbers(db_field, self.admin_site)} | kwargs
        )

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Refuse: a gestionnaire who leaves has a date of leaving."""
        return False


@admin.register(Intervention)
class InterventionAdmin(ReadOnly):
    """Visits, to be read."""

    list_display = ("id", "agence", "day", "client", "intervenant", "status", "version")
    list_filter = (OfOneAgence, "status")
    list_select_related = ("agence", "client", "intervenant")
    ordering = ("-id",)


@admin.register(Batch)
class BatchAdmin(ReadOnly):
    """Presses, to be read."""

    list_display = ("id", "agence", "at", "actor_name", "role", "via")
    list_filter = (OfOneAgence, "role", "via")
    list_select_related = ("agence",)
    ordering = ("-id",)


@admin.register(JournalEntry)
class JournalEntryAdmin(ReadOnly):
    """The journal, to be read."""

    list_display = ("id", "agence", "at", "intervention_id", "action", "role", "from_status", "to_status")
    list_filter = (OfOneAgence, "action")
    list_select_related = ("agence",)
    ordering = ("-id",)
