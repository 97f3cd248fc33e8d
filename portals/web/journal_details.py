"""What a journal entry changed, in words: facts and contrat before and after, motif, ground, the client's version."""

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
from interventions.models import Contrat, Intervenant, Intervention, JournalEntry, Motif, Prestation, Proposition
from interventions.states import Ground, Settled
from portals.web import format as fmt

VERSIONS = (
    ("planned", gettext_lazy("Prévu")),
    ("declared", gettext_lazy("Déclaré")),
    ("retained", gettext_lazy("Retenu")),
)
PARTS = ("start", "end", "km")


@dataclass
class Names:
    """What the entries refer to by key, read once for all of them."""

    motifs: dict[int, Motif] = field(default_factory=dict)
    contrats: dict[int, Contrat] = field(default_factory=dict)
    intervenants: dict[int, Intervenant] = field(default_factory=dict)
    prestations: dict[int, Prestation] = field(default_factory=dict)
    propositions: dict[int, Proposition] = field(default_factory=dict)


def names_in(visit: Intervention, actor: Actor, entries: Iterable[JournalEntry]) -> Names:
    """Read what the entries of a visit refer to, one statement a kind."""

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


def details(entry: JournalEntry, names: Names) -> Iterable[str]:
    """Return what to say under the title of an entry, a line each."""
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
