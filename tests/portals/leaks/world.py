"""Two agencies, two clients in one of them, and visits in every status, all of it marked so that a leak shows.

Each `Side` has a mark of its own. Every text that could leak begins with that mark and its kind: «zibelinecli…» for
who the client is, «…vis…» for what was written about visits, «…int…» for who the intervenant is, «…age…» for the
agency's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile

from interventions import operations
from interventions.models import (
    Attachment,
    Batch,
    Client,
    Fate,
    Intervenant,
    Intervention,
    Mail,
    MailKind,
    Motif,
    Period,
    Secteur,
    User,
)
from interventions.states import Action, Choice, Ground
from tests import factories
from tests.factories import NOW, World
from tests.interventions import acts
from tracking.exports import making
from tracking.exports.records import ExportKind
from tracking.models import Export, SavedView, Selection

CLIENT, VISIT, CARER, AGENCE = "cli", "vis", "int", "age"
TODAY = NOW.date()


@dataclass
class Side:
    """A client with all that belongs to them, under one mark; `ids` are the public ids, by kind of mark."""

    mark: str
    world: World
    secteur: Secteur
    visits: dict[str, Intervention] = field(default_factory=dict)
    ids: dict[str, set[str]] = field(default_factory=dict)

    def said(self, kind: str) -> str:
        """Return the mark of one kind."""
        return self.mark + kind

    def secrets(self, kinds: Iterable[str]) -> set[str]:
        """Return what shows that something of these kinds got out."""
        kinds = set(kinds)
        return {self.said(kind) for kind in kinds} | {key for kind in kinds for key in self.ids.get(kind, ())}

    @property
    def mail(self) -> Mail:
        """A mail about visits of this client alone."""
        return Mail.objects.filter(agence=self.world.agence, to__startswith=self.said(CLIENT), kind="visits")[0]


def an_agence(mark: str) -> World:
    """Create an agency with one of each kind of person, all of them marked."""
    world = factories.a_world(name=f"{mark}age Services")
    world.prestation.name = f"{mark}age ménage"
    world.prestation.save()
    for motif in Motif.objects.filter(agence=world.agence):
        motif.label = f"{mark}age {motif.label}"
        motif.save()
    _rename(world.gestionnaire, mark + AGENCE)
    return world


def a_side(mark: str, world: World) -> Side:
    """Mark the people of `world`, and lead visits of theirs to every status."""
    secteur = factories.a_secteur(world.agence, name=f"{mark}cli secteur")
    side = Side(mark, world, secteur)
    _mark_client(side)
    _rename(world.proche, side.said(CLIENT))
    _rename(world.intervenant, side.said(CARER))
    carer = Intervenant.objects.filter(pk=world.intervenant.pk)
    carer.update(number=f"{mark}int1", phone=f"{mark}int 06 64")
    world.intervenant.refresh_from_db()
    world.contrat.number = f"{mark}cli-CT"
    world.contrat.save()
    side.visits = _visits(side)
    _scan(side)
    series = factories.a_series(world, ordre_de_mission=side.said(VISIT))
    absence = factories.an_absence(world.client, starts_on=a_day(200), ends_on=a_day(201))
    _texts_of_mails(side)
    _note_ids(side)
    side.ids[CLIENT] |= {str(series.public_id), str(absence.public_id)}
    a_lot_at_work(side)
    return side


def beside(world: World) -> World:
    """Return a second client, intervenant and contrat of the same agency."""
    client = factories.a_client(world.agence)
    others: dict[str, Any] = {
        "proche": factories.a_proche(client),
        "contrat": factories.a_contrat(client, world.prestation),
    }
    return replace(world, client=client, intervenant=factories.an_intervenant(world.agence), **others)


def _rename(row: Any, mark: str) -> None:
    row.last_name, row.first_name = f"{mark}Nom", f"{mark}Prénom"
    row.save()
    User.objects.filter(pk=row.user_id).update(email=f"{mark}-{row.user_id}@personnes.example")
    row.user.refresh_from_db()


def _mark_client(side: Side) -> None:
    mark, client = side.said(CLIENT), side.world.client
    _rename(client, mark)
    Client.objects.filter(pk=client.pk).update(
        number=f"{mark}CL1",
        phone=f"{mark} 06 21",
        address=f"{mark} 32 impasse",
        city=f"{mark} ville",
        access_code=f"{mark}14B7",
        secteur=side.secteur,
    )
    client.refresh_from_db()


@dataclass
class Led:
    """Leads visits of one side to where they stand, with marked texts; each plan takes a day of its own."""

    world: World
    text: str
    days: Iterator[int] = field(default_factory=lambda: iter(range(2, 40)))

    def plan(self, **fields: Any) -> Intervention:
        """Plan a visit."""
        day = TODAY - timedelta(days=next(self.days))
        usual: dict[str, Any] = {"day": day, "ordre_de_mission": f"{self.text} ordre"}
        return self.world.visit(**(usual | fields))

    def act(self, visit: Intervention, action: Action, actor: Any, **entered: Any) -> Intervention:
        """Do an act, which must go."""
        outcome = self.world.act(visit, action, actor, **entered)
        assert not outcome.refused, outcome.refused
        return visit

    def done(self, **fields: Any) -> Intervention:
        """Declare one."""
        visit = self.plan(**fields)
        return self.act(visit, Action.COMPLETE, self.world.as_intervenant, comment=f"{self.text} fait")

    def contested(self) -> Intervention:
        """Let the client modify one."""
        visit, motif = self.done(), self.world.motif(kind="refus", opens_hours=True)
        entered = {"motif_id": motif.pk, "facts": acts.longer(visit.declared, -15), "comment": f"{self.text} court"}
        return self.act(visit, Action.CONTEST, self.world.as_client, **entered)

    def disagreed(self) -> Intervention:
        """Let the intervenant refuse what the client says."""
        refused = f"{self.text} non"
        return self.act(self.contested(), Action.REFUSE_CHANGE, self.world.as_intervenant, comment=refused)

    def cancelled(self) -> Intervention:
        """Let the office cancel one."""
        return self.act(self.plan(), Action.CANCEL, self.world.as_manager, motif_id=self.world.motif().pk)

    def no_show(self) -> Intervention:
        """Let the client say that nobody came."""
        entered = {"motif_id": self.world.motif().pk, "comment": f"{self.text} personne"}
        return self.act(self.done(), Action.CANCEL_BY_CLIENT, self.world.as_client, **entered)

    def for_client(self) -> Intervention:
        """Validate one in the client's place."""
        ground = {"ground": Ground.OTHER, "ground_text": f"{self.text} au marché"}
        return self.act(self.done(), Action.VALIDATE_FOR_CLIENT, self.world.as_manager, **ground)

    def unattached(self) -> Intervention:
        """Let the intervenant add one that no contrat covers; one that does comes later."""
        prestation = factories.a_prestation(self.world.agence, name=factories.number(f"{AGENCE} rare "))
        new = acts.a_report(self.world, prestation_id=prestation.pk)
        change = operations.Change(Action.REPORT_UNATTACHED, new=new, comment=f"{self.text} en urgence")
        outcome = acts.press(self.world, [change], self.world.as_intervenant)
        assert not outcome.refused, outcome.refused
        factories.a_contrat(self.world.client, prestation)
        return acts.born(outcome)


def _visits(side: Side) -> dict[str, Intervention]:
    """Return a visit for each way that a visit can stand."""
    world, text = side.world, side.said(VISIT)
    led, manager = Led(world, text), side.world.as_manager
    yesterday = TODAY - timedelta(days=1)
    arbitrated = {"choice": Choice.CLIENT, "reason": f"{text} motivation"}
    return {
        "draft": led.plan(intervenant_id=None),
        "planned": led.plan(),
        "unattached": led.unattached(),
        "loose": led.plan(contrat_id=None),
        "to come": led.plan(day=TODAY + timedelta(days=1)),
        "done": led.done(day=yesterday),
        "done too": led.done(day=yesterday, start="11:00"),
        "contested": led.contested(),
        "arbitration": led.disagreed(),
        "arbitrated": led.act(led.disagreed(), Action.ARBITRATE, manager, **arbitrated),
        "validated": led.act(led.done(), Action.VALIDATE, world.as_client),
        "for client": led.for_client(),
        "cancelled": led.cancelled(),
        "no show": led.no_show(),
        "disputed": led.act(
            led.cancelled(), Action.DISPUTE_CANCELLATION, world.as_client, comment=f"{text} elle est venue"
        ),
        "sent back": led.act(led.done(), Action.SEND_BACK, manager, reason=f"{text} mauvais jour"),
    }


def _scan(side: Side) -> None:
    """Keep a scan with the visit that the agency validated in the client's place."""
    visit = side.visits["for client"]
    batch = visit.journal.latest("version").batch
    text = side.said(VISIT)
    scan = Attachment(agence=visit.agence, intervention=visit, batch=batch, name=f"{text}.pdf", sha256="0" * 64)
    content = ContentFile(f"%PDF-1.7 {text}".encode())
    scan.media_type, scan.size, scan.at = "application/pdf", content.size, batch.at
    scan.file.save(f"{visit.agence.public_id}/{uuid4()}.pdf", content)


def _texts_of_mails(side: Side) -> None:
    """Let the mails about this client have left, with texts that say what mails say."""
    text = f"{side.mark}vis mail"
    mails = Mail.objects.filter(lines__intervention__client=side.world.client)
    keys = list(mails.values_list("pk", flat=True))
    told = {"subject": text, "text": text, "html": f"<p>{text}</p>", "fate": Fate.SENT, "sent_at": NOW}
    Mail.objects.filter(pk__in=keys).update(**told)
    Mail.objects.filter(pk=keys[0]).update(fate=Fate.BOUNCED, bounced_at=NOW, error=text)
    user = side.world.client.user
    assert user is not None
    Mail.objects.create(
        agence=side.world.agence,
        kind=MailKind.SIGN_IN,
        user=user,
        to=user.email,
        message_id=f"<{text}>",
        created_at=NOW,
        due_at=NOW,
        subject=text,
        text=text,
        html=text,
    )


def _note_ids(side: Side) -> None:
    world = side.world
    visits = Intervention.objects.filter(client=world.client)
    mails = Mail.objects.filter(lines__intervention__client=world.client)
    presses = Batch.objects.filter(entries__intervention__client=world.client)
    side.ids = {
        CLIENT: {str(world.client.public_id)},
        CARER: {str(world.intervenant.public_id)},
        VISIT: {str(key) for rows in (visits, mails, presses) for key in rows.values_list("public_id", flat=True)},
    }
    side.ids[VISIT] |= {key.replace("-", "") for key in side.ids[VISIT]}


def a_lot(side: Side) -> Batch:
    """Return the press in which the office validated in this client's place."""
    entry = side.visits["for client"].journal.get(action=Action.VALIDATE_FOR_CLIENT)
    return Batch.objects.get(pk=entry.batch_id)


def a_lot_at_work(side: Side) -> Batch:
    """Return a press of the office on this side's visits that waits for a worker."""
    made = Batch.objects.filter(agence=side.world.agence, work__finished_at=None, work__isnull=False).first()
    if made:
        return made
    visit = side.visits["done"]
    change = operations.Change(Action.VALIDATE_FOR_CLIENT, visit.pk, seen=visit.version)
    actor, act = side.world.as_manager, Action.VALIDATE_FOR_CLIENT
    return operations.begin([change], actor=actor, at=NOW, key=factories.key(), ground=Ground.PHONE, act=act)[0]


def a_selection(side: Side) -> Selection:
    """Return a choice of this side's visits that its gestionnaire made."""
    visit = side.visits["done"]
    user = side.world.gestionnaire.user
    mine = Selection.objects.filter(agence=side.world.agence, user=user)
    return mine.first() or mine.create(
        agence=side.world.agence, user=user, visits=[[visit.pk, visit.version]], made_at=NOW
    )


def a_view(side: Side) -> SavedView:
    """Return a view of this side's client that its gestionnaire shared."""
    world, name = side.world, side.said(CLIENT)
    mine = SavedView.objects.filter(agence=world.agence, user=world.gestionnaire.user, name=name)
    return mine.first() or mine.create(
        agence=world.agence,
        user=world.gestionnaire.user,
        name=name,
        query=f"client={world.client.public_id}",
        shared=True,
        secteurs=[side.secteur.pk],
    )


def a_day(days: int) -> date:
    """Return the date some days from the world's today."""
    return TODAY + timedelta(days=days)


def a_closed_month(side: Side, month: date) -> None:
    """Close a month of long ago, in which both sides agreed on one visit."""
    world = side.world
    if Period.objects.filter(agence=world.agence, month=month).exists():
        return
    visit = world.visit(day=month + timedelta(days=9))
    world.act(visit, Action.COMPLETE, world.as_intervenant)
    world.act(visit, Action.VALIDATE, world.as_client)
    operations.close_month(world.as_manager, month, NOW)


def an_export(side: Side) -> Export:
    """Return what the side's agency exported for the pay."""
    found = Export.objects.filter(agence=side.world.agence).first()
    if found is None:
        a_closed_month(side, date(2026, 4, 1))
        found = making.make(side.world.as_manager, ExportKind.PAY, date(2026, 4, 1), NOW)
    assert found is not None
    return found
