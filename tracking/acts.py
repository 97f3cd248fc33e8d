"""What can be done with many visits at once: each act with its words, what it asks, and the changes that it makes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import batched
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from interventions import attaching
from interventions.actor import Actor
from interventions.guards import Guard
from interventions.models import Motif, MotifKind
from interventions.operations import Change
from interventions.states import Action, Ground
from tracking.act_forms import EmptyForm, MotifForm, ReasonForm
from tracking.ground_form import GroundForm
from tracking.lot_act import Entered, LotAct, Pairs, plain
from tracking.reminder_acts import REMINDERS

# How many visits are prepared or judged at a time: what a large lot holds in memory.
AT_A_TIME = 1000


def _attachments(pairs: Pairs, actor: Actor, entered: Entered) -> Iterator[Change]:
    """Attach each visit to the contrat proposed for it; what has one, or for which none is, stays and says so."""
    for some in batched(pairs, AT_A_TIME):
        seen = dict(some)
        found = attaching.proposals(seen, actor)
        made = {change.intervention_id: change for change in found.changes}
        for keys, guard in ((found.covered, Guard.NO_BILLABLE), (found.without, Guard.BILLABLE)):
            made |= {key: Change(Action.ATTACH, key, seen=seen[key], refusal=guard) for key in keys}
        for key, version in some:
            yield made.get(key) or Change(Action.ATTACH, key, seen=version, refusal=Guard.UNKNOWN)


ACTS = {
    act.noun: act
    for act in (
        LotAct(
            Action.VALIDATE_FOR_CLIENT,
            "validations",
            _("Valider à la place du client"),
            ngettext_lazy(
                "%(going)s visite sur %(chosen)s sera validée", "%(going)s visites sur %(chosen)s seront validées", "n"
            ),
            ngettext_lazy("%(going)s visite validée", "%(going)s visites validées", "n"),
            ngettext_lazy("Valider la visite", "Valider les %(going)s visites", "n"),
            _(
                "Chaque client est prévenu et peut contester. "
                "Le lot s’annule visite par visite, tant que rien n’a suivi."
            ),
            GroundForm,
            plain(Action.VALIDATE_FOR_CLIENT),
        ),
        LotAct(
            Action.ATTACH,
            "rattachements",
            _("Rattacher à un contrat"),
            ngettext_lazy(
                "%(going)s visite sur %(chosen)s sera rattachée",
                "%(going)s visites sur %(chosen)s seront rattachées",
                "n",
            ),
            ngettext_lazy("%(going)s visite rattachée", "%(going)s visites rattachées", "n"),
            ngettext_lazy("Rattacher la visite", "Rattacher les %(going)s visites", "n"),
            _(
                "Chaque visite prend le contrat facturable de sa prestation, le plus récent s’il y en a plusieurs. "
                "Une visite ajoutée par l’intervenant est aussitôt présentée au client."
            ),
            EmptyForm,
            _attachments,
        ),
        LotAct(
            Action.COMPLETE_FOR_INTERVENANT,
            "realisations",
            _("Passer à Réalisé"),
            ngettext_lazy(
                "%(going)s visite sur %(chosen)s passera à Réalisé",
                "%(going)s visites sur %(chosen)s passeront à Réalisé",
                "n",
            ),
            ngettext_lazy("%(going)s visite passée à Réalisé", "%(going)s visites passées à Réalisé", "n"),
            ngettext_lazy("Passer la visite à Réalisé", "Passer les %(going)s visites à Réalisé", "n"),
            _(
                "Les heures prévues sont déclarées à la place de l’intervenant, qui est prévenu\u00a0; le client est "
                "invité à valider. Le lot s’annule visite par visite, tant que rien n’a suivi."
            ),
            ReasonForm,
            plain(Action.COMPLETE_FOR_INTERVENANT, "reason"),
        ),
        LotAct(
            Action.CANCEL,
            "annulations",
            _("Annuler"),
            ngettext_lazy(
                "%(going)s visite sur %(chosen)s sera annulée", "%(going)s visites sur %(chosen)s seront annulées", "n"
            ),
            ngettext_lazy("%(going)s visite annulée", "%(going)s visites annulées", "n"),
            ngettext_lazy("Annuler la visite", "Annuler les %(going)s visites", "n"),
            _("Le client et l’intervenant sont prévenus. Le lot s’annule visite par visite, tant que rien n’a suivi."),
            MotifForm,
            plain(Action.CANCEL, "motif_id"),
        ),
        *REMINDERS,
    )
}
BY_ACTION = {str(act.action): act for act in ACTS.values()}
DEFAULT = ACTS["validations"]
# Any ground that asks nothing of the visit: what it refuses, every ground refuses.
UNCONDITIONAL = Ground.PHONE


def supposed(act: LotAct, actor: Actor) -> dict[str, Any]:
    """Return what is supposed to be entered while nothing is yet: enough that only the visits decide what goes."""
    motifs = Motif.objects.filter(agence_id=actor.agence_id, kind=MotifKind.ANNULATION, archived_at=None)
    return {"reason": str(act.label), "motif_id": motifs.values_list("pk", flat=True).first()}
