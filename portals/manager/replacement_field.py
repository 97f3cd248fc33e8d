"""The field Intervenant of a visit: everybody who could go, the best placed first, each with why."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from interventions.actor import Actor
from interventions.models import Intervenant, Intervention
from interventions.planning.replacements import Candidate, candidates
from interventions.planning.slots import Slot
from portals.manager.fields import offer
from portals.web import format as fmt


def slot_of(visit: Intervention, intervenant_id: int | None) -> Slot:
    """Return the hours of a visit as they stand, with somebody in mind; its contrat does not change."""
    start, end = visit.retained_start, visit.retained_end
    return Slot(visit.client_id, start, end, intervenant_id, None, visit.pk, asks_contrat=False)


def offer_intervenants(form: forms.Form, visit: Intervention, actor: Actor) -> None:
    """Let the field `intervenant` offer those in use: who has the visit, who is proposed, then the others."""
    field = offer(form, "intervenant", Intervenant.objects.visible_to(actor).current())
    ranked = candidates(slot_of(visit, visit.intervenant_id), actor)
    now = [(visit.intervenant_id, str(visit.intervenant))] if visit.intervenant else []
    groups = [
        (_("Intervenant actuel"), now),
        (_("Remplaçants proposés"), [_choice(one) for one in ranked if one.fits]),
        (_("Autres intervenants"), [_choice(one) for one in ranked if not one.fits]),
    ]
    empty = [("", field.empty_label or "—")] if not now else []
    field.choices = [*empty, *(group for group in groups if group[1])]
    field.help_text = _("Classés aux heures actuelles de la visite : libre, connaît le client, heures de la semaine.")


def _choice(one: Candidate) -> tuple[int, str]:
    return one.intervenant.pk, " · ".join([str(one.intervenant), *why(one)])


def why(one: Candidate) -> list[str]:
    """Say what speaks for and against somebody: «libre», «12 visites chez ce client», «31 h sur 35 h»."""
    present = _("libre") if one.free else _("occupé à ces heures")
    said = [_("absent") if one.away else present]
    if one.visits_before:
        before = ngettext("%(n)d visite chez ce client", "%(n)d visites chez ce client", one.visits_before)
        said.append(before % {"n": one.visits_before})
    else:
        said.append(_("ne connaît pas ce client"))
    return [*said, _week(one)]


def _week(one: Candidate) -> str:
    planned, limit = fmt.duration(one.week_minutes), one.intervenant.weekly_minutes
    if limit is None:
        return _("%(planned)s dans la semaine") % {"planned": planned}
    words = _("%(planned)s sur %(limit)s") if one.fits_week else _("%(planned)s, au-delà de %(limit)s")
    return words % {"planned": planned, "limit": fmt.duration(limit)}
