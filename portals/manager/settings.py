"""Paramètres: the activation of the module, and in words what else the agency has decided."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from interventions import operations
from interventions.guards import Guard
from interventions.models import Agence
from interventions.states import Right
from portals.manager.acts import SeeOther
from portals.manager.settings_effects import ASKED, Effect, effect
from portals.manager.settings_forms import FORMS, SAID, EntryRules, SettingsForm
from portals.manager.settings_record import record
from portals.web import format as fmt
from portals.web.pages import INVALID, is_partial, page
from portals.web.requests import ActorRequest


@dataclass(frozen=True, slots=True)
class Section:
    """A form of the page: its name, what it is about, whether its effect can be looked at, and that effect."""

    name: str
    title: str
    lead: str
    form: SettingsForm
    shows: bool
    effect: Effect | None = None


@require_http_methods(["GET", "POST"])
def sheet(request: ActorRequest) -> HttpResponse:
    """Show the settings; switch the module, show the effect of a form or take it, from whoever administers."""
    if request.method != "POST":
        return _show(request)
    if "apercu" in request.POST:
        return _look(request)
    if "module" in request.POST:
        return _switch(request)
    return _choose(request)


def _show(
    request: ActorRequest, sent: SettingsForm | None = None, status: int = 200, seen: Effect | None = None
) -> HttpResponse:
    agence, may_administer = request.actor.agence, request.actor.has(Right.ADMINISTER)
    context = {
        "rules": rest(agence) if may_administer else [*cautions(agence), *rules(agence)],
        "sections": _sections(agence, sent, seen) if may_administer else [],
        "module_effect": seen if sent is None else None,
        "record": record(agence),
        "may_administer": may_administer,
    }
    return page(request, "manager/settings.html", context, status=status)


def _sections(agence: Agence, sent: SettingsForm | None, seen: Effect | None) -> list[Section]:
    """Return each form in its place, the one that was sent as it was typed, with its effect if it was looked at."""
    made = []
    for name, kind in FORMS.items():
        mine = sent if isinstance(sent, kind) else None
        title, lead = SAID[name]
        made.append(Section(name, str(title), str(lead), mine or kind(agence), name in ASKED, seen if mine else None))
    return made


def _look(request: ActorRequest) -> HttpResponse:
    """Show what a form would change, beside what was typed; nothing is saved."""
    if not request.actor.has(Right.ADMINISTER):
        return _refuse(request, str(Guard.RIGHT.label))
    name, agence = request.POST["apercu"], request.actor.agence
    if name == "module":
        wanted = copy(agence)
        wanted.module_enabled = not agence.module_enabled
        return _show(request, seen=effect(name, agence, wanted, request.now))
    if name not in FORMS or name not in ASKED:
        raise BadRequest("No such settings.")
    form = FORMS[name](agence, request.POST)
    seen = effect(name, agence, form.instance, request.now) if form.is_valid() else None
    if is_partial(request):
        context = {"effect": seen, "form": form}
        return render(request, "manager/settings_effect.html", context, status=200 if seen else INVALID)
    return _show(request, form, 200 if seen else INVALID, seen)


def _choose(request: ActorRequest) -> HttpResponse:
    form = FORMS.get(request.POST.get("reglages", ""), EntryRules)(request.actor.agence, request.POST)
    if not form.is_valid() and request.actor.has(Right.ADMINISTER):
        return _show(request, form, status=INVALID)
    try:
        changed = operations.choose(request.actor, form.cleaned_data, request.now)
    except operations.Refused as refused:
        return _refuse(request, str(refused.guard.label))
    messages.success(request, _("C’est enregistré.") if changed else _("Rien n’a changé."))
    return _back()


def _refuse(request: ActorRequest, words: str) -> HttpResponse:
    messages.error(request, words)
    return _back()


def _back() -> HttpResponse:
    # With a place of its own: a browser would else go on to the form's, below what is said.
    return SeeOther(reverse("gestion:settings") + "#contenu")


def _switch(request: ActorRequest) -> HttpResponse:
    enabled = request.POST.get("module") == "actif"
    try:
        operations.set_module(request.actor, enabled, request.now)
    except operations.Refused as refused:
        messages.error(request, str(refused.guard.label))
        return SeeOther(reverse("gestion:settings"))
    said = _("Le module est activé : les portails valident de nouveau.")
    messages.success(request, said if enabled else _("Le module est désactivé : les portails montrent les plannings."))
    return SeeOther(reverse("gestion:settings"))


def _days(count: int) -> str:
    return ngettext("%(n)d jour", "%(n)d jours", count) % {"n": count}


def _visits(count: int) -> str:
    return ngettext("%(n)s visite", "%(n)s visites", count) % {"n": fmt.number(count)}


def _or_not(applies: bool, words: str) -> str:
    return words if applies else _("non")


def rest(agence: Agence) -> list[tuple[str, str]]:
    """Return what stands on no form of this page, as (name, value in words)."""
    return [
        (_("Fuseau horaire"), agence.timezone),
        (_("Double regard sur les délibérations"), _("oui") if agence.four_eyes else _("non")),
    ]


def rules(agence: Agence) -> list[tuple[str, str]]:
    """Return what the agency has decided, as (name, value in words)."""
    same_day = _("dès que la visite est finie") if agence.same_day_allowed else _("à partir du lendemain")
    night = {"start": fmt.hour(agence.night_starts), "end": fmt.hour(agence.night_ends)}
    tuteur = _("le tuteur seul répond") if agence.tuteur_acts_alone else _("le client répond aussi")
    return [
        *rest(agence),
        (_("L’intervenant déclare"), same_day),
        (_("Une action se reprend pendant"), fmt.duration(agence.undo_minutes)),
        (_("Le client revient sur sa réponse pendant"), _days(agence.retract_days)),
        (_("Une annulation se conteste pendant"), _days(agence.dispute_days)),
        (_("Une validation à la place du client se conteste pendant"), _days(agence.object_days)),
        (_("Relance du client après"), _days(agence.reminder_days)),
        (_("Relance des proches"), _then(agence.proche_reminder_days)),
        (_("Sur la liste de l’agence"), _or_not(agence.unanswered_days > 0, _after(agence.unanswered_days))),
        (_("« Sans réponse » se dit après"), _days(agence.no_answer_days)),
        (_("Validation sans réponse du client"), _or_not(agence.tacit_enabled, _after(agence.tacit_days))),
        (_("Transmission au gestionnaire"), _or_not(agence.escalate_enabled, _after(agence.escalate_days))),
        (_("Quand un client a un tuteur"), tuteur),
        (_("Nuit"), _("de %(start)s à %(end)s") % night),
        (_("Jours fériés"), agence.get_holiday_region_display()),
        (_("Le lien d’un mail sert pendant"), _days(agence.link_days)),
        (_("Deuxième facteur des gestionnaires"), _("obligatoire") if agence.second_factor_required else _("libre")),
        (_("Un lot se fait en arrière-plan au-delà de"), _visits(agence.background_from)),
    ]


def cautions(agence: Agence) -> list[tuple[str, str]]:
    """Return what the intervenant is shown before saving, whether it asks or only tells, and from where on."""
    tolerance = _("plus de %(duration)s") % {"duration": fmt.duration(agence.tolerance_minutes)}
    usual = _("plus de %(km)s") % {"km": fmt.km(agence.usual_km)}
    return [
        (_("Chevauchement de deux visites"), agence.get_overlap_caution_display()),
        (_("Visite de plus de 12 heures"), agence.get_long_caution_display()),
        (_("Heures du contrat dépassées dans le mois"), agence.get_contrat_caution_display()),
        (_("Kilomètres"), f"{usual}\u00a0: {agence.get_km_caution_display()}"),
        (_("Écart au prévu"), f"{tolerance}\u00a0: {agence.get_gap_caution_display()}"),
        (_("Motifs d’un geste"), " · ".join(agence.comment_chips) or _("aucun")),
    ]


def _then(count: int) -> str:
    return _("%(days)s après le client") % {"days": _days(count)} if count else _("avec le client")


def _after(count: int) -> str:
    return _("après %(days)s") % {"days": _days(count)}
