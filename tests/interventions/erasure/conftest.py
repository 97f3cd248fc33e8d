"""An agency whose people have lived, parted and been put away, its month closed, beside another that goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile

from interventions import operations
from interventions.models import (
    Attachment,
    Contrat,
    ImportedLine,
    Intervention,
    JournalEntry,
    Mail,
    MailPreference,
)
from interventions.models.imports import Import
from interventions.registry import keeping
from interventions.sealing import seal
from interventions.states import Action, Ground
from interventions.tasks import deliver_due_mails
from tests.factories import NOW, World, a_world, actor_of, an_absence
from tests.interventions.acts import longer

NOVEMBER = date(2026, 11, 1)
LATER = NOW + timedelta(days=20)
SECRETS = ("Zéphyrine", "Bellerophon", "zephyrine@", "porphyre", "nacarat")


@dataclass
class Lived:
    """A world that has lived, its visits, and where its month stands."""

    world: World
    visits: list[Intervention]

    def close(self) -> None:
        """Put client and intervenant away, end the contrat, and close the month."""
        world = self.world
        Contrat.objects.filter(agence=world.agence).update(ends_on=date(2026, 11, 30))
        for row in (world.client, world.intervenant):
            keeping.archive(row, True, world.as_manager, LATER)
            row.refresh_from_db()
        operations.close_month(world.as_manager, NOVEMBER, LATER)


def a_life(world: World) -> Lived:
    """Let visits be planned, declared, contested, decided and told of, with words that no other test has."""
    secret = {"last_name": "Bellerophon", "first_name": "Zéphyrine", "address": "7 rue porphyre"}
    keeping.change(world.client, secret, world.as_manager, NOW)
    motif = world.motif(kind="refus", opens_hours=True)
    told, decided = world.visit(ordre_de_mission="Clé nacarat"), world.visit(start="14:00")
    for visit in (told, decided):
        world.act(visit, Action.COMPLETE, world.as_intervenant, comment="Madame nacarat allait bien.")
    visit = told
    world.act(visit, Action.VALIDATE_FOR_CLIENT, world.as_manager, ground=Ground.OTHER, ground_text="Vu nacarat")
    facts = longer(decided.declared, -15)
    client = actor_of(type(world.client).objects.get(pk=world.client.pk))
    world.act(decided, Action.CONTEST, client, facts=facts, motif_id=motif.pk, comment="Non, nacarat.")
    world.act(decided, Action.REFUSE_CHANGE, world.as_intervenant, comment="Si, nacarat.")
    world.act(decided, Action.ARBITRATE, world.as_manager, choice="intervenant", reason="Motif nacarat.")
    batch = JournalEntry.objects.filter(intervention=told).order_by("pk").last().batch
    Attachment.objects.create(
        agence=world.agence, intervention=told, batch=batch, file=ContentFile(b"x", "nacarat.pdf"), name="nacarat.pdf",
        media_type="application/pdf", size=1, sha256="0" * 64, at=NOW,
    )  # fmt: skip
    an_absence(world.client, ends_on=date(2026, 11, 2))
    MailPreference.objects.create(agence=world.agence, user_id=world.client.user_id or 0, rhythm="day")
    made = Import.objects.create(agence=world.agence, number=1, at=NOW)
    ImportedLine.objects.create(
        agence=world.agence, kind="clients", identity=world.client.number, last_import=made,
        values={"last_name": "Bellerophon"}, applied={"last_name": "Bellerophon"},
    )  # fmt: skip
    Mail.objects.filter(agence=world.agence).update(due_at=NOW)
    deliver_due_mails()
    seal.seal_all(NOW)
    return Lived(world, [told, decided])


@pytest.fixture(autouse=True)
def at_later() -> Iterator[None]:
    """Put the clock to some weeks after the visits."""
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def lived(db: Any, settings: Any, tmp_path: Any) -> Lived:
    """An agency that has lived and is at its end."""
    settings.MEDIA_ROOT = tmp_path
    made = a_life(a_world())
    made.close()
    return made
