"""Before a visit is planned or moved: what deserves a second look, and the way through that asks why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from interventions.actor import Actor
from interventions.models import Absence, Intervenant, Intervention
from interventions.planning.cautions import Caution, Kind, weigh
from interventions.planning.slots import ONE_DAY, WEEK, Slot
from portals.manager.fields import InBlocks, long_text
from portals.web import format as fmt
from portals.web.planning import client_name, intervenant_name

# A series may meet the same thing every week: the first ones say it.
SENTENCES = 8


class Weighed(InBlocks):
    """A form whose times are weighed: where something is odd it says so, and goes on once somebody wrote why."""

    reason = long_text(
        gettext_lazy("Pourquoi quand même"),
        required=False,
        help_text=gettext_lazy("Reste au journal de la visite."),
    )

    @property
    def blocks(self) -> list[list[forms.BoundField]]:
        """The fields; that reason only where something is to be explained."""
        return [block for block in super().blocks if self.cautions or block[0].name != "reason"]

    def weigh(self, slots: Sequence[Slot], actor: Actor) -> None:
        """Point out what is odd about these times, and ask why where nothing was said yet."""
        self.cautions = sentences(weigh(slots, actor), actor, several=len(slots) > 1)
        if self.cautions and not self.cleaned_data.get("reason", "").strip():
            self.add_error("reason", _("Changez ce qui est signalé, ou écrivez pourquoi."))

    @property
    def given_reason(self) -> str:
        """Why it goes all the same; empty where nothing was odd."""
        return self.cleaned_data.get("reason", "") if self.cautions else ""


def sentences(found: Sequence[Caution], actor: Actor, *, several: bool = False) -> list[str]:
    """Return in words what is odd, the day before it where there are several; of a visit only what the actor sees."""
    shown = found[:SENTENCES]
    around: Any = Intervention.objects.visible_to(actor).select_related("client", "intervenant")
    visits = around.in_bulk([caution.visit_id for caution in shown if caution.visit_id])
    carers = Intervenant.objects.visible_to(actor).in_bulk([one.slot.intervenant_id for one in shown if one.week])
    said = [_sentence(caution, visits, carers) for caution in shown]
    if several:
        said = [
            text if one.week else f"{fmt.day_short(one.slot.start)} : {text}"
            for one, text in zip(shown, said, strict=True)
        ]
    left = len(found) - len(shown)
    if left:
        said.append(ngettext("Et %(n)d autre point.", "Et %(n)d autres points.", left) % {"n": left})
    return said


def _sentence(caution: Caution, visits: Any, carers: Any) -> str:
    if caution.visit_id:
        return _overlap(visits.get(caution.visit_id))
    if caution.absence:
        return absence_words(caution.absence)
    if caution.kind is Kind.WEEK and caution.week:
        carer = carers[caution.slot.intervenant_id]
        return _("%(week)s : %(who)s aurait %(planned)s, pour %(limit)s.") % {
            "week": fmt.week(caution.week, caution.week + WEEK - ONE_DAY),
            "who": carer.full_name,
            "planned": fmt.duration(caution.minutes),
            "limit": fmt.duration(carer.weekly_minutes),
        }
    return _("Aucun contrat facturable ne couvre cette visite : elle ne pourra pas être déclarée réalisée.")


def _overlap(other: Intervention | None) -> str:
    if other is None:
        return _("Au même moment : une visite dans un autre secteur.")
    return _("Au même moment : %(client)s et %(intervenant)s, %(hours)s.") % {
        "client": client_name(other),
        "intervenant": intervenant_name(other),
        "hours": fmt.time_range(other.retained_start, other.retained_end),
    }


def absence_words(absence: Absence) -> str:
    """Return «Absence de Mme Yvonne Quéré : Hospitalisation, du 01/12/2026 au 04/12/2026.»."""
    person = absence.client or absence.intervenant
    who = person.full_name if person else ""
    return _("Absence de %(who)s : %(why)s, %(when)s.") % {
        "who": who,
        "why": absence.get_kind_display().lower(),
        "when": absence_dates(absence),
    }


def absence_dates(absence: Absence) -> str:
    """Return «du 01/12/2026 au 04/12/2026», «le 01/12/2026», «depuis le 01/12/2026»."""
    first = f"{absence.starts_on:%d/%m/%Y}"
    if absence.ends_on is None:
        return _("à partir du %(first)s") % {"first": first}
    if absence.ends_on == absence.starts_on:
        return _("le %(first)s") % {"first": first}
    return _("du %(first)s au %(last)s") % {"first": first, "last": f"{absence.ends_on:%d/%m/%Y}"}
