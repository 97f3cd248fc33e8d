"""A client or an intervenant as the desk enters them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy

from interventions.actor import Actor
from interventions.models import Civility, Client, Intervenant, Secteur
from portals.manager.fields import offer
from portals.manager.registry.durations import HoursField
from portals.manager.registry.forms import LineForm

A_WEEK = 168 * 60


class PersonForm(LineForm):
    """What clients and intervenants have in common. The address stands apart from the columns: it is an account."""

    civility = forms.ChoiceField(label=gettext_lazy("Civilité"), choices=Civility.choices, required=False)
    last_name = forms.CharField(
        label=gettext_lazy("Nom"), max_length=100, error_messages={"required": gettext_lazy("Indiquez le nom.")}
    )
    first_name = forms.CharField(label=gettext_lazy("Prénom"), max_length=100, required=False)
    number = forms.CharField(
        label=gettext_lazy("Numéro"),
        max_length=40,
        help_text=gettext_lazy("Unique dans l’agence ; un fichier importé reconnaît la fiche par lui."),
        error_messages={"required": gettext_lazy("Indiquez le numéro.")},
    )
    phone = forms.CharField(
        label=gettext_lazy("Téléphone"), max_length=40, required=False, widget=forms.TextInput({"type": "tel"})
    )
    email = forms.EmailField(
        label=gettext_lazy("Adresse e-mail"),
        max_length=254,
        required=False,
        error_messages={"invalid": gettext_lazy("Cette adresse n’est pas complète.")},
    )

    def __init__(self, row: Any, actor: Actor, data: Any = None) -> None:
        """Start from what is known of the person."""
        self.actor = actor
        super().__init__(row, data)
        self.initial["email"] = row.user.email if row.user else ""
        for name in ("last_name", "first_name", "number", "phone", "email"):
            # These are somebody else's: a browser that offered its user's own would be wrong each time.
            self.fields[name].widget.attrs["autocomplete"] = "off"
        if row.user:
            self.fields["email"].help_text = gettext_lazy(
                "En changer ferme tout de suite les sessions et les liens de l’ancienne adresse."
            )
        else:
            self.fields["email"].help_text = gettext_lazy(
                "Elle ouvre le portail : la première connexion se fait par un code envoyé à cette adresse."
            )

    def clean_email(self) -> str:
        """Compare addresses in lower case."""
        return str(self.cleaned_data["email"]).strip().lower()


class ClientForm(PersonForm):
    """The person helped."""

    columns = (
        "civility",
        "last_name",
        "first_name",
        "number",
        "secteur",
        "address",
        "postal_code",
        "city",
        "access_code",
        "phone",
        "gets_mails",
        "tacit_opt_out",
    )
    secteur = forms.ModelChoiceField(Secteur.objects.none(), label=gettext_lazy("Secteur"), required=False)
    address = forms.CharField(label=gettext_lazy("Adresse"), max_length=200, required=False)
    postal_code = forms.CharField(
        label=gettext_lazy("Code postal"),
        max_length=10,
        required=False,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )
    city = forms.CharField(label=gettext_lazy("Ville"), max_length=100, required=False)
    access_code = forms.CharField(
        label=gettext_lazy("Code d’accès"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("L’intervenant le lit sur ses visites."),
    )
    gets_mails = forms.BooleanField(label=gettext_lazy("Reçoit les mails"), required=False)
    tacit_opt_out = forms.BooleanField(
        label=gettext_lazy("Refuse que ses visites soient validées sans réponse"), required=False
    )
    field_order = ("civility", "last_name", "first_name", "number", "secteur", "address", "postal_code", "city")

    def __init__(self, row: Client, actor: Actor, data: Any = None) -> None:
        """Offer the secteurs in use that the person sees; who is limited to some has to name one."""
        super().__init__(row, actor, data)
        mine = Secteur.objects.visible_to(actor).filter(Q(archived_at__isnull=True) | Q(pk=row.secteur_id))
        field = offer(self, "secteur", mine.order_by("sort_name", "id"))
        field.required = actor.secteur_ids is not None
        field.error_messages["required"] = gettext_lazy("Choisissez un de vos secteurs.")
        for name in ("address", "city", "access_code"):
            self.fields[name].widget.attrs["autocomplete"] = "off"


class IntervenantForm(PersonForm):
    """The carer."""

    columns = ("civility", "last_name", "first_name", "number", "phone", "weekly_minutes")
    weekly_minutes = HoursField(
        label=gettext_lazy("Heures par semaine"),
        most=A_WEEK,
        help_text=gettext_lazy("35, 24,5 ou 24:30. Vide : sans limite."),
    )

    def __init__(self, row: Intervenant, actor: Actor, data: Any = None) -> None:
        """Call the number by its name."""
        super().__init__(row, actor, data)
        self.fields["number"].label = gettext_lazy("Matricule")
        self.fields["number"].error_messages["required"] = gettext_lazy("Indiquez le matricule.")
