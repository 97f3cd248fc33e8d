"""The form of a mandate, and how both portals show one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.mandates import Person, Terms
from interventions.models import MandateEntry, MandateStep, Proche, ProcheKind
from interventions.states import Role
from portals.web import format as fmt
from portals.web.requests import ActorRequest

PERSON = ("first_name", "last_name", "email")


def _day(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"), **options)


class MandateForm(forms.Form):
    """Who, from when until when, and what they may do; an existing mandate keeps its person."""

    first_name = forms.CharField(label=gettext_lazy("Prénom"), max_length=100, required=False)
    last_name = forms.CharField(
        label=gettext_lazy("Nom"), max_length=100, error_messages={"required": gettext_lazy("Indiquez le nom.")}
    )
    email = forms.EmailField(
        label=gettext_lazy("Adresse e-mail"),
        max_length=254,
        error_messages={
            "required": gettext_lazy("Indiquez l’adresse e-mail."),
            "invalid": gettext_lazy("Cette adresse n’est pas complète."),
        },
    )
    starts_on = _day(gettext_lazy("À partir du"))
    ends_on = _day(gettext_lazy("Jusqu’au"), required=False)
    may_validate = forms.BooleanField(label=gettext_lazy("Peut valider les visites"), required=False)
    may_contest = forms.BooleanField(label=gettext_lazy("Peut les modifier et les annuler"), required=False)
    gets_mails = forms.BooleanField(label=gettext_lazy("Reçoit les mails"), required=False)

    def __init__(self, request: ActorRequest, mandate: Proche | None = None) -> None:
        """Start from the mandate, else from a proche who may do all from today on."""
        super().__init__(request.POST if request.method == "POST" else None)
        self.initial = _shown(mandate) if mandate else _usual(request)
        if mandate:
            for name in PERSON:
                del self.fields[name]

    @property
    def person(self) -> Person:
        """Whom the form names."""
        entered = self.cleaned_data
        return Person(entered["email"], entered["last_name"], entered["first_name"])

    @property
    def terms(self) -> Terms:
        """What it grants."""
        names = ("starts_on", "ends_on", "may_validate", "may_contest", "gets_mails")
        kind = ProcheKind(self.cleaned_data.get("kind", ProcheKind.PROCHE))
        return Terms(kind=kind, **{name: self.cleaned_data[name] for name in names})

    @property
    def document(self) -> str:
        """Which paper was seen; nothing where none is asked for."""
        return self.cleaned_data.get("paper", "")


def _usual(request: ActorRequest) -> dict[str, Any]:
    rights = {"may_validate": True, "may_contest": True, "gets_mails": True}
    return {"starts_on": request.actor.today(request.now), "kind": ProcheKind.PROCHE, **rights}


def _shown(mandate: Proche) -> dict[str, Any]:
    names = ("kind", "starts_on", "ends_on", "may_validate", "may_contest", "gets_mails")
    return {name: getattr(mandate, name) for name in names}


def record(mandate: Proche) -> list[str]:
    """Return who named, changed and ended a mandate, and when, the oldest first, a line each."""
    entries = MandateEntry.objects.filter(agence_id=mandate.agence_id, proche=mandate).order_by("pk")
    return [_line(entry) for entry in entries]


def _line(entry: MandateEntry) -> str:
    words = {
        "step": MandateStep(entry.step).label,
        "who": fmt.who(entry.actor_name),
        "role": str(Role(entry.role).label).lower(),
        "day": fmt.day(entry.at, entry.at.date()),
        "hour": fmt.hour(entry.at),
    }
    said = _("%(step)s par %(who)s (%(role)s), %(day)s à %(hour)s") % words
    return _("%(said)s. Document vu : %(paper)s") % {"said": said, "paper": entry.paper} if entry.paper else said
