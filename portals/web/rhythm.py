"""Quand recevoir les mails: one choice a person and agency, pressed on the page of whichever portal they are in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import dates
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions import rhythms
from interventions.models import Gestionnaire, MailPreference, Proche, ProcheKind, Rhythm, User
from portals.web import format as fmt
from portals.web.requests import ActorRequest

HOURS = [dt.time(hour) for hour in range(24)]
SAID: dict[Rhythm, Promise] = {
    Rhythm.BATCH: gettext_lazy("Un mail dès qu’il y a quelque chose à vous dire."),
    Rhythm.DAY: gettext_lazy("Tout ce qui s’est passé, réuni en un seul mail par jour."),
    Rhythm.WEEK: gettext_lazy("Tout ce qui s’est passé, réuni en un seul mail par semaine."),
    Rhythm.NONE: gettext_lazy("Aucun mail. L’agence le saura ; pensez à venir voir ici ce qui vous attend."),
}


@dataclass(frozen=True, slots=True)
class Option:
    """One rhythm as a button: its name, what it means, whether it is the present one."""

    value: Rhythm
    said: Promise
    chosen: bool


class HoursForm(forms.Form):
    """The hour and day of the gathered mail, and the hours in which none comes."""

    hour = forms.TypedChoiceField(
        label=gettext_lazy("Heure du mail"),
        coerce=dt.time.fromisoformat,
        help_text=gettext_lazy("Pour un mail par jour ou par semaine, à l’heure de l’agence."),
    )
    weekday = forms.TypedChoiceField(label=gettext_lazy("Jour du mail de la semaine"), coerce=int)
    quiet_from = forms.TypedChoiceField(
        label=gettext_lazy("Pas de mail à partir de"),
        coerce=dt.time.fromisoformat,
        empty_value=None,
        required=False,
    )
    quiet_until = forms.TypedChoiceField(
        label=gettext_lazy("Et jusqu’à"), coerce=dt.time.fromisoformat, empty_value=None, required=False
    )

    def __init__(self, choice: MailPreference, typed: Any = None) -> None:
        """Offer whole hours, and what was chosen before."""
        names = ("hour", "weekday", "quiet_from", "quiet_until")
        super().__init__(typed, initial={name: _shown(getattr(choice, name)) for name in names})
        hours = [(f"{hour:%H:%M}", fmt.hour(hour)) for hour in HOURS]
        offered = {
            "hour": hours,
            "weekday": [(number, str(name)) for number, name in dates.WEEKDAYS.items()],
            "quiet_from": [("", _("Aucune heure")), *hours],
            "quiet_until": [("", _("Aucune heure")), *hours],
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse quiet hours that do not begin, do not end, or last the whole day."""
        entered: dict[str, Any] = super().clean() or {}
        begins, ends = entered.get("quiet_from"), entered.get("quiet_until")
        if (begins is None) != (ends is None):
            lacking = "quiet_until" if ends is None else "quiet_from"
            self.add_error(lacking, _("Donnez les deux heures, ou aucune."))
        elif begins is not None and begins == ends:
            self.add_error("quiet_until", _("Choisissez une autre heure que celle du début."))
        return entered


def _shown(value: Any) -> Any:
    return f"{value:%H:%M}" if isinstance(value, dt.time) else value


def context_of(request: ActorRequest, form: HoursForm | None = None) -> dict[str, Any]:
    """Return what components/rhythm.html shows: options, form, and whether a gathered mail has a day."""
    choice = _choice(request)
    offered = [one for one in Rhythm if one is not Rhythm.NONE or may_refuse(request)]
    return {
        "options": [Option(one, SAID[one], one == choice.rhythm) for one in offered],
        "form": form or HoursForm(choice),
        "address_back": choice.refused_address if choice.refused_address == request.user.email else "",
    }


def press(request: ActorRequest) -> HttpResponse | HoursForm:
    """Write the rhythm that was pressed, or the hours; return where that leads, or the form with what is wrong."""
    if "rhythm" in request.POST:
        entered: dict[str, Any] = {"rhythm": _pressed(request)}
    else:
        form = HoursForm(_choice(request), request.POST)
        if not form.is_valid():
            return form
        entered = form.cleaned_data
    user = request.actor.user_id
    if user is None:
        raise BadRequest("Nobody to choose for.")
    rhythms.choose(request.actor.agence, user, request.now, **entered)
    messages.success(request, _("C’est noté."))
    return HttpResponseRedirect(request.path, status=303)


def may_refuse(request: ActorRequest) -> bool:
    """Return whether this person may choose no mail at all: not a tuteur, nor who decides at the agency."""
    mine: dict[str, Any] = {"agence_id": request.actor.agence_id, "user_id": request.actor.user_id}
    tuteur = Proche.objects.filter(**mine, kind=ProcheKind.TUTEUR, ended_at=None)
    return not tuteur.exists() and not Gestionnaire.objects.filter(**mine, ended_at__isnull=True).exists()


def words(agence_id: int, user: User | None) -> str:
    """Return a person's choice as the agency reads it, and whether their address takes mails; nothing for nobody."""
    if user is None:
        return ""
    choice = rhythms.read(agence_id, [user.pk]).get(user.pk)
    said = str(Rhythm(choice.rhythm).label if choice else Rhythm.BATCH.label)
    if choice and choice.refused_address == user.email:
        said = _("%(rhythm)s ; le dernier mail est revenu : vérifier l’adresse") % {"rhythm": said}
    return said


def _choice(request: ActorRequest) -> MailPreference:
    mine = {"agence_id": request.actor.agence_id, "user_id": request.actor.user_id}
    return MailPreference.objects.filter(**mine).first() or MailPreference(**mine)


def _pressed(request: ActorRequest) -> Rhythm:
    wanted = request.POST["rhythm"]
    if wanted not in set(Rhythm) or (wanted == Rhythm.NONE and not may_refuse(request)):
        raise BadRequest("No such rhythm for this person.")
    return Rhythm(wanted)
