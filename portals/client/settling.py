"""Who settled a visit and when: validated, decided, cancelled, as its journal has it."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from interventions.actor import CLIENT_ROLES
from interventions.models import Intervention, JournalEntry
from interventions.states import Action, Ground, Role, Settled, Status, Via
from portals.client.words import STATUS_WORDS
from portals.web import format as fmt

SETTLED = (Status.VALIDATED, Status.CANCELLED)


def settling_entries(visits: Collection[Intervention]) -> dict[int, JournalEntry]:
    """Return for each settled visit the entry that made it so, in one statement."""
    steps = {visit.pk: visit.step for visit in visits if visit.state in SETTLED}
    agences = {visit.agence_id for visit in visits}
    found = JournalEntry.objects.filter(agence_id__in=agences, intervention_id__in=steps).select_related("batch")
    return {entry.intervention_id: entry for entry in found if entry.version == steps[entry.intervention_id]}


def settled_words(visit: Intervention, entry: JournalEntry | None, reader_id: int | None, carer: str) -> str:
    """Return «Validée par vous le 4 novembre à 9 h 12»; `reader_id` is whom «vous» means, None on paper."""
    if entry is None:
        return str(STATUS_WORDS[visit.state])
    say = _cancelled if visit.state is Status.CANCELLED else _validated
    words = say(visit, entry, reader_id, carer)
    when = {"day": fmt.date_words(fmt.as_date(entry.at), visit.day), "hour": fmt.hour(entry.at)}
    return _("%(words)s le %(day)s à %(hour)s") % {"words": words, **when}


def _validated(visit: Intervention, entry: JournalEntry, reader_id: int | None, carer: str) -> str:
    by_way = {
        Settled.ON_BEHALF: _on_behalf(entry, reader_id),
        Settled.TACIT: _("Validée sans réponse"),
        Settled.AGREEMENT: _("Modification acceptée par %(carer)s") % {"carer": carer},
        Settled.DELIBERATION: _("Décidée par l’agence"),
    }
    way = Settled(visit.settled_by) if visit.settled_by else None
    if way in by_way:
        return by_way[way]
    link = _(" (par lien)") if entry.batch.via == Via.LINK else ""
    return _("Validée par %(name)s%(link)s") % {"name": _name(entry, reader_id), "link": link}


def _on_behalf(entry: JournalEntry, reader_id: int | None) -> str:
    """Say that the agency validated in the client's place, and on what ground."""
    ground = f" ({str(Ground(entry.batch.ground).label).lower()})" if entry.batch.ground else ""
    place = (
        _("Validée par l’agence à la place du client") if reader_id is None else _("Validée par l’agence pour vous")
    )
    return place + ground


def _cancelled(visit: Intervention, entry: JournalEntry, reader_id: int | None, carer: str) -> str:
    by_role = {Role.INTERVENANT: carer, Role.MANAGER: _("l’agence"), Role.SYSTEM: _("l’agence")}
    role = Role(entry.role)
    if entry.action == Action.ARBITRATE:
        return _("Annulation décidée par l’agence")
    name = _name(entry, reader_id) if role in CLIENT_ROLES else by_role[role]
    billed = _(", reste facturée") if visit.motif and visit.motif.billed else ""
    return _("Annulée%(billed)s, par %(name)s") % {"name": name, "billed": billed}


def _name(entry: JournalEntry, reader_id: int | None) -> str:
    if reader_id is not None and entry.batch.actor_id == reader_id:
        return _("vous")
    return entry.batch.actor_name or _("le client")
