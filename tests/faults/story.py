"""What happens at an agency while something breaks, and what has to be true of it afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.test import Client as DjangoBrowser

from interventions import operations
from interventions.models import BatchWork, Client, Fate, Intervention, Mail, User
from interventions.sealing import seal, verify
from interventions.states import Action
from interventions.tenancy import set_agence
from tests.factories import World, a_client, a_contrat, a_world, key
from tests.faults.service import Service, eventually
from tests.interventions import replay
from tests.interventions.mails.sink import Sink
from tests.production.browser import Browser

WAITING = (Fate.QUEUED, Fate.SENDING)
TOKEN = "t" * 32


def a_story() -> World:
    """Return an agency of now, whose mails may leave at once; nothing waits of the agencies before."""
    Mail.objects.filter(fate__in=WAITING).delete()
    world = a_world(undo_minutes=0)
    world.now = datetime.now(UTC)
    return world


def declared(world: World, count: int) -> list[Intervention]:
    """Return visits of yesterday, each at a client's of their own, declared in one press: one mail a client."""
    visits = [_visit_at(world, a_client(world.agence)) for _one in range(count)]
    changes = [operations.Change(Action.COMPLETE, visit.pk) for visit in visits]
    assert not operations.apply(changes, actor=world.as_intervenant, at=world.now, key=key()).refused
    for visit in visits:
        visit.refresh_from_db()
    return visits


def _visit_at(world: World, client: Client) -> Intervention:
    return world.visit(client_id=client.pk, contrat_id=a_contrat(client, world.prestation).pk)


def mails(world: World) -> list[Mail]:
    """Return the agency's mails, the oldest first."""
    return list(Mail.objects.filter(agence=world.agence).order_by("pk"))


def all_left(world: World) -> bool:
    """Say whether no mail of the agency waits any more."""
    return not Mail.objects.filter(agence=world.agence, fate__in=WAITING).exists()


def arrived(world: World, sink: Sink) -> Counter[str]:
    """Return how often each mail of the agency arrived, by its Message-ID."""
    known = {mail.message_id for mail in mails(world)}
    return Counter(found for mail in sink.mails if (found := str(mail["Message-ID"])) in known)


def each_once(world: World) -> Counter[str]:
    """Return what must have arrived of the agency: every mail that was sent, once."""
    return Counter(mail.message_id for mail in mails(world) if mail.fate == Fate.SENT)


def time_passes(world: World) -> None:
    """Let leases run out and what was put off be due, as an hour later."""
    now = datetime.now(UTC)
    Mail.objects.filter(agence=world.agence, fate=Fate.QUEUED).update(due_at=now)
    Mail.objects.filter(agence=world.agence, fate=Fate.SENDING).update(lease_until=now - timedelta(seconds=1))
    BatchWork.objects.filter(agence=world.agence, finished_at=None).update(lease_until=None)


def is_whole(world: World, visits: Iterable[Intervention]) -> None:
    """See that the journal explains every visit and fits together, sealed and not."""
    with transaction.atomic():
        set_agence(world.agence.pk)
        for visit in visits:
            replay.check(visit)
        assert list(verify.faults(world.agence)) == []
    seal.seal_agence(world.agence, datetime.now(UTC))
    with transaction.atomic():
        set_agence(world.agence.pk)
        assert list(verify.faults(world.agence)) == []


def browser_of(user: User | None, service: Service) -> Browser:
    """Return a browser in which this person is signed in."""
    assert user is not None
    signed_in = DjangoBrowser()
    signed_in.force_login(user)
    cookies = {settings.SESSION_COOKIE_NAME: signed_in.cookies[settings.SESSION_COOKIE_NAME].value}
    cookies[settings.CSRF_COOKIE_NAME] = TOKEN
    said = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return Browser(service.address, headers={"Cookie": said, "X-CSRFToken": TOKEN}, plain=True)


def validation(visit: Intervention) -> str:
    """Return where a client validates a visit."""
    return f"/client/interventions/{visit.public_id}/validation/"


def goes_on(world: World, service: Service, sink: Sink) -> None:
    """See that by itself, with nobody's help, a new visit is declared and its mail leaves."""
    declared(world, 1)
    eventually(lambda: all_left(world), lambda: f"mails leave:\n{service.said('worker')[-3000:]}")
    assert arrived(world, sink) == each_once(world)
