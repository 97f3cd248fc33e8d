"""The journal of a visit in plain French: each entry a line with who, for whom, by which way, when, what and why.

For the agency's eyes: it holds every comment. Mails of the visit stand among the entries with their fate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.actor import Actor
from interventions.guards import Facts
from interventions.models import (
    Contrat,
    Fate,
    Intervenant,
    Intervention,
    JournalEntry,
    Mail,
    Motif,
    Prestation,
    Proposition,
)
from interventions.states import Action, Ground, Role, Settled, Via
from portals.web import format as fmt

VERSIONS = (
    ("planned", gettext_lazy("Prévu")),
    ("declared", gettext_lazy("Déclaré")),
    ("retained", gettext_lazy("Retenu")),
)
PARTS = ("start", "end", "km")


@dataclass(frozen=True)
class Line:
    """One line of the timeline; `details` are facts before and after, motif, ground; `quote` what was written.

    `side` (intervenant or client) and `comment` say whose own words these are.
    """

    at: datetime
    title: str
    by: str
    status: str = ""
    icon: str = ""
    details: tuple[str, ...] = ()
    quote: str = ""
    side: str = ""
    comment: str = ""


@dataclass
class Names:
    """What the entries refer to by key, read once for all of them."""

    motifs: dict[int, Motif] = field(default_factory=dict)
    contrats: dict[int, Contrat] = field(default_factory=dict)
    intervenants: dict[int, Intervenant] = field(default_factory=dict)
    prestations: dict[int, Prestation] = field(default_factory=dict)
    propositions: dict[int, Proposition] = field(default_factory=dict)


def lines(visit: Intervention, actor: Actor) -> list[Line]:
    """Return everything that happened to a visit, the oldest first, in a constant number of statements."""
    found = JournalEntry.objects.filter(agence_id=actor.agence_id, intervention_id=visit.pk)
    entries = list(found.select_related("batch", "texts").order_by("version"))
    names = _names(visit, actor, entries)
    told = Mail.objects.filter(agence_id=actor.agence_id, lines__intervention=visit.pk).distinct()
    happened = [_line(entry, names) for entry in entries] + [_mail(mail) for mail in told]
    return sorted(happened, key=lambda line: line.at)


def _names(visit: Intervention, actor: Actor, entries: Iterable[JournalEntry]) -> Names:
    def keys(column: str) -> set[int]:
        return {side[column] for entry in entries for side in (entry.before, entry.after) if side.get(column)}

    def read(model: Any, wanted: set[int]) -> Any:
        return model.objects.filter(agence_id=actor.agence_id).in_bulk(wanted) if wanted else {}

    proposed = Proposition.objects.filter(agence_id=actor.agence_id, intervention_id=visit.pk)
    return Names(
        read(Motif, {entry.motif_id_kept for entry in entries if entry.motif_id_kept}),
        read(Contrat, keys("contrat_id")),
        read(Intervenant, keys("intervenant_id")),
        read(Prestation, keys("prestation_id")),
        {proposition.batch_id: proposition for proposition in proposed},
    )


def _line(entry: JournalEntry, names: Names) -> Line:
    changed = entry.from_status != entry.to_status
    return Line(
        entry.at,
        _title(entry),
        f"{_who(entry)}, {moment(entry.at)}",
        entry.to_status if changed else "",
        "" if changed else "pencil",
        tuple(_details(entry, names)),
        _quote(entry),
        _SIDES.get(Role(entry.batch.on_behalf or entry.role), ""),
        _comment(entry),
    )


_SIDES = {Role.INTERVENANT: "intervenant", Role.CLIENT: "client", Role.PROCHE: "client"}


def comments(happened: Iterable[Line]) -> list[tuple[str, str]]:
    """Return what either side wrote, in its order, as (side in words, comment)."""
    names = {"intervenant": _("L’intervenant"), "client": _("Le client ou un proche")}
    return [(names[line.side], line.comment) for line in happened if line.side and line.comment]


def _title(entry: JournalEntry) -> str:
    action = Action(entry.action)
    if action is Action.ARBITRATE:
        return _("Délibération : %(label)s") % {"label": _STATUS_WORDS.get(entry.to_status, entry.to_status)}
    return str(action.label)


_STATUS_WORDS = {"validated": gettext_lazy("visite validée"), "cancelled": gettext_lazy("visite annulée")}


def moment(at: datetime) -> str:
    """Return «12 octobre 2026 à 11 h 04» on the agency's clock."""
    return _("%(day)s à %(hour)s") % {"day": f"{fmt.as_date(at):%d/%m/%Y}", "hour": fmt.hour(at)}


def _who(entry: JournalEntry) -> str:
    batch = entry.batch
    role = Role(entry.role)
    parts = [batch.actor_name or str(role.label)]
    if role is not Role.SYSTEM and batch.actor_name:
        parts[0] += f" ({str(role.label).lower()})"
    if role is Role.PROCHE:
        parts.append(_("pour le client"))
    elif batch.on_behalf:
        parts.append(_("à la place de : %(who)s") % {"who": str(Role(batch.on_behalf).label).lower()})
    if batch.via != Via.PORTAL:
        parts.append(str(Via(batch.via).label).lower())
    return ", ".join(parts)


def _details(entry: JournalEntry, names: Names) -> Iterable[str]:
    batch = entry.batch
    motif = names.motifs.get(entry.motif_id_kept or 0)
    if motif is not None:
        yield _("Motif : %(motif)s") % {"motif": motif}
    if batch.ground:
        words = str(Ground(batch.ground).label)
        yield _("Ce qui le permet : %(ground)s") % {
            "ground": f"{words} ({batch.ground_text})" if batch.ground_text else words
        }
    proposition = names.propositions.get(entry.batch_id)
    if proposition is not None:
        facts = proposition.facts
        yield _("Selon le client : %(facts)s") % {"facts": _facts(facts) if facts else _("n’a pas eu lieu")}
    yield from _changed_facts(entry)
    yield from _changed_keys(entry, names)
    texts = getattr(entry, "texts", None)
    if texts and texts.ordre_de_mission:
        yield _("Ordre de mission : %(text)s") % {"text": texts.ordre_de_mission}
    if entry.after.get("settled_by"):
        yield _("Validation : %(how)s") % {"how": str(Settled(entry.after["settled_by"]).label).lower()}


def _changed_facts(entry: JournalEntry) -> Iterable[str]:
    """Say what became of each version, once where two changed alike; of a retained one that is new, nothing more."""
    said: set[str] = set()
    for version, label in VERSIONS:
        if not any(f"{version}_{part}" in entry.after for part in PARTS):
            continue
        before, after = _hours(entry.before, version), _hours(entry.after, version)
        words = f"{before} → {after or _('plus rien')}" if before else after
        if after and after in said:
            continue
        said.add(after)
        yield f"{label} : {words}"


def _hours(values: Mapping[str, Any], version: str) -> str:
    """Return in words what one side of an entry holds of one version: only what changed is there."""
    start, end, km = (values.get(f"{version}_{part}") for part in PARTS)
    words = []
    if start and end:
        begins, ends = datetime.fromisoformat(start), datetime.fromisoformat(end)
        words.append(f"{fmt.day_short(begins)} {fmt.time_range(begins, ends)}")
    elif start:
        words.append(_("début %(hour)s") % {"hour": fmt.hour(datetime.fromisoformat(start))})
    elif end:
        words.append(_("fin %(hour)s") % {"hour": fmt.hour(datetime.fromisoformat(end))})
    if km is not None:
        words.append(fmt.km(Decimal(km)))
    return ", ".join(words)


def _facts(facts: Facts) -> str:
    return f"{fmt.time_range(facts.start, facts.end)}, {fmt.km(facts.km)}"


def _changed_keys(entry: JournalEntry, names: Names) -> Iterable[str]:
    for column, label, known in (
        ("contrat_id", _("Contrat"), names.contrats),
        ("intervenant_id", _("Intervenant"), names.intervenants),
        ("prestation_id", _("Prestation"), names.prestations),
    ):
        if column not in entry.after:
            continue
        before, after = (_named(known, side.get(column)) for side in (entry.before, entry.after))
        if before != after:
            yield (f"{label} : {after}" if not entry.before or before == _NONE else f"{label} : {before} → {after}")


_NONE = gettext_lazy("aucun")


def _named(known: Mapping[int, Any], key: int | None) -> str:
    if key is None or key not in known:
        return str(_NONE)
    found = known[key]
    return str(found.number if isinstance(found, Contrat) else found)


def _comment(entry: JournalEntry) -> str:
    texts = getattr(entry, "texts", None)
    return texts.comment if texts else ""


def _quote(entry: JournalEntry) -> str:
    texts = getattr(entry, "texts", None)
    if texts is None:
        return ""
    return " — ".join(text for text in (texts.comment, texts.reason) if text)


_FATES = {
    Fate.QUEUED: gettext_lazy("Mail à %(to)s : partira bientôt"),
    Fate.SENDING: gettext_lazy("Mail à %(to)s : en cours d’envoi"),
    Fate.SENT: gettext_lazy("Mail à %(to)s : envoyé"),
    Fate.DELIVERED: gettext_lazy("Mail à %(to)s : remis"),
    Fate.BOUNCED: gettext_lazy("Mail à %(to)s : revenu"),
    Fate.FAILED: gettext_lazy("Mail à %(to)s : échec de l’envoi"),
    Fate.DROPPED: gettext_lazy("Mail à %(to)s : sans objet, il n’est pas parti"),
}


def _mail(mail: Mail) -> Line:
    at = mail.bounced_at or mail.delivered_at or mail.sent_at or mail.created_at
    back = mail.fate in (Fate.BOUNCED, Fate.FAILED)
    title = _FATES[Fate(mail.fate)] % {"to": mail.to}
    return Line(at, title, moment(at), icon="mail-back" if back else "mail")
