"""The proof of a visit: what happened to it and what makes that certain, for somebody who has not the software.

`docs/verify_proof.py` reads it and needs nothing else; `docs/proof.md` says what it proves, and what it cannot.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from interventions.models import Intervention, JournalEntry, JournalSeal, JournalText, Mail, SealedEntry
from interventions.sealing import entries, hashes, seal

FORMAT = 1
FACTS = [f"{version}_{what}" for version in ("planned", "declared", "retained") for what in ("start", "end", "km")]
TEXTS = ("comment", "reason", "ordre_de_mission")


def of(visit: Intervention, now: datetime) -> dict[str, Any]:
    """Return the proof of a visit as it stands: plain values, fit for JSON. Statements do not grow with its entries.

    What no seal holds yet, the acts of the last minutes, is in it and says so.
    """
    found = list(
        entries.rows(
            JournalEntry.objects.filter(agence_id=visit.agence_id, intervention=visit).order_by("version"),
            "sealed__position",
            "sealed__seal_id",
            "sealed__seal__number",
        )
    )
    leaves = _leaves({row["sealed__seal_id"] for row in found if row["sealed__seal_id"]})
    texts = JournalText.objects.in_bulk([row["id"] for row in found])
    return {
        "format": FORMAT,
        "made_at": entries.instant(now),
        "agence": {"id": str(visit.agence.public_id), "name": visit.agence.name, "zone": visit.agence.timezone},
        "visit": {
            "id": str(visit.public_id),
            "number": visit.number,
            "client": visit.client.full_name,
            "intervenant": visit.intervenant.full_name if visit.intervenant else "",
            "prestation": visit.prestation.name,
            "status": visit.status,
            "version": visit.version,
            "facts": {name: plain(getattr(visit, name)) for name in FACTS},
        },
        "entries": [_entry(row, leaves, texts.get(row["id"])) for row in found],
        "seals": _seals(visit, [row["sealed__seal__number"] for row in found if row["sealed__seal__number"]]),
        "mails": _mails(visit),
    }


def plain(value: Any) -> Any:
    """Return a value of a visit as the journal writes it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _entry(row: entries.Row, leaves: dict[int, list[bytes]], texts: JournalText | None) -> dict[str, Any]:
    salt = bytes(row["batch__sealed_words__salt"] or b"")
    commitment = bytes(row["batch__sealed_words__commitment"] or b"") or hashes.words(salt, entries.words_of(row))
    sealed = None
    if row["sealed__seal_id"]:
        steps = hashes.path(leaves[row["sealed__seal_id"]], row["sealed__position"])
        sealed = {"number": row["sealed__seal__number"], "path": [[side, digest.hex()] for side, digest in steps]}
    actor_name, ground_text = entries.words_of(row)
    return {
        "canonical": entries.text(row, commitment),
        "words": {"salt": salt.hex(), "actor_name": actor_name, "ground_text": ground_text},
        "texts": {"salt": bytes(texts.salt).hex()} | {name: getattr(texts, name) for name in TEXTS} if texts else None,
        "seal": sealed,
    }


def _leaves(seals: Iterable[int]) -> dict[int, list[bytes]]:
    """Return the hashes of all entries of these seals, in their order."""
    found: dict[int, list[bytes]] = defaultdict(list)
    sealed = SealedEntry.objects.filter(seal__in=list(seals)).order_by("seal", "position")
    for number, leaf in sealed.values_list("seal_id", "leaf"):
        found[number].append(bytes(leaf))
    return found


def _seals(visit: Intervention, numbers: Sequence[int]) -> list[dict[str, Any]]:
    """Return the chain from the first seal that holds an entry of the visit to the last there is."""
    if not numbers:
        return []
    found = JournalSeal.objects.filter(agence_id=visit.agence_id, number__gte=min(numbers)).order_by("number")
    chain = []
    for one in found:
        one.agence = visit.agence
        chain.append(seal.fields(one) | {"digest": bytes(one.digest).hex()})
    return chain


def _mails(visit: Intervention) -> list[dict[str, Any]]:
    """Return the mails that told of the visit, with what became of them: as known now, and in no seal."""
    told = Mail.objects.filter(agence_id=visit.agence_id, lines__intervention=visit).distinct().order_by("pk")
    return [
        {
            "to": mail.to,
            "subject": mail.subject,
            "message_id": mail.message_id,
            "fate": mail.fate,
            **{name: plain(getattr(mail, name)) for name in ("created_at", "sent_at", "delivered_at", "bounced_at")},
        }
        for mail in told
    ]
