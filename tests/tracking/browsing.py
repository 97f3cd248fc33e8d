"""What the tests of the tracking share: a manager's browser, visits in every status, the words of a page."""

import datetime as dt
import re
from typing import Any

from django.conf import LazySettings
from django.test import Client as Browser

from interventions.actor import system
from interventions.models import Gestionnaire, Intervention
from interventions.operations import Change, NewVisit, apply
from interventions.states import Action, Ground
from tests import factories
from tests.factories import NOW, World

SUIVI = "/suivi/"
# As a French reader sorts them: abadie, Élard, (Quéré), Zola.
NAMES = ("Élard", "abadie", "Zola")
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/suivi/"}


def at(settings: LazySettings, moment: dt.datetime = NOW) -> None:
    """Put the product's clock at a moment."""
    settings.CLOCK_OFFSET_SECONDS = (moment - dt.datetime.now(dt.UTC)).total_seconds()


def browser_of(gestionnaire: Gestionnaire) -> Any:
    """Return a browser in which this gestionnaire is signed in."""
    browser = Browser()
    browser.force_login(gestionnaire.user)
    return browser


def shown(page: Any) -> list[str]:
    """Return the public ids of the visits in a page's table, in order."""
    return re.findall(r'<th scope="row"><a href="/gestion/interventions/([0-9a-f-]{36})/"', page.text)


def done(world: World, **fields: Any) -> Intervention:
    """Return a visit that the intervenant declared."""
    visit = world.visit(**fields)
    assert world.act(visit, Action.COMPLETE, world.as_intervenant).done
    return visit


def in_every_status(world: World, day: dt.date) -> list[Intervention]:
    """Return visits of one day, one in each status that waits or is decided, and one draft."""
    visits = [done(world, day=day, start=f"{8 + n:02}:00") for n in range(4)]
    motif = world.motif(kind="refus", opens_km=True)
    facts = visits[1].declared
    assert facts is not None
    other = type(facts)(facts.start, facts.end, facts.km + 1)
    assert world.act(visits[1], Action.CONTEST, world.as_client, motif_id=motif.pk, facts=other).done
    assert world.act(visits[2], Action.CONTEST, world.as_client, motif_id=motif.pk, facts=other).done
    assert world.act(visits[2], Action.REFUSE_CHANGE, world.as_intervenant).done
    assert world.act(visits[3], Action.VALIDATE, world.as_client).done
    cancelled = world.visit(day=day, start="13:00")
    assert world.act(cancelled, Action.CANCEL, world.as_manager, motif_id=world.motif().pk).done
    planned = world.visit(day=day, start="14:00")
    draft = world.visit(day=day, start="15:00", intervenant_id=None)
    return [*visits, cancelled, planned, draft]


def token(visit: Intervention, version: int | None = None) -> str:
    """Return what a checkbox of the table sends."""
    return f"{visit.public_id}:{version or visit.version}"


def choose(browser: Any, *visits: Intervention, query: str = "", reach: str = "visites", **more: Any) -> str:
    """Choose visits on the table and return the address of the preview."""
    posted = {"portee": reach, "visite": [token(visit) for visit in visits], **more}
    answer = browser.post(f"/suivi/selections/{query}", posted)
    assert answer.status_code == 303
    return answer.url


def press(browser: Any, preview: str, *, key: str = "", ground: str = Ground.PHONE, **more: Any) -> Any:
    """Press «Valider à la place du client» on a preview."""
    selection = preview.rstrip("/").rsplit("/", 1)[-1]
    posted = {"selection": selection, "key": key or factories.key(), "ground": ground, "ground_text": "", **more}
    return browser.post("/suivi/validations/", posted)


def planned(world: World, number: int, *, first: dt.date, days: int = 20) -> list[int]:
    """Plan many visits in one press, several at the same hour, over some days, clients and intervenants."""
    clients = [
        world.client,
        *(factories.a_client(world.agence, last_name=name) for name in NAMES),
    ]
    carers = [world.intervenant, factories.an_intervenant(world.agence, last_name="Ferrand"), None]
    other = factories.a_prestation(world.agence)
    changes = []
    for n in range(number):
        client, carer = clients[n % 4], carers[n % 3]
        start = factories.local(first + dt.timedelta(n % days), f"{8 + n % 3:02}:00")
        new = NewVisit(
            client.pk,
            (world.prestation if n % 7 else other).pk,
            start,
            start + dt.timedelta(minutes=30 + n % 4 * 15),
            intervenant_id=carer.pk if carer else None,
        )
        changes.append(Change(Action.PLAN, new=new))
    outcome = apply(changes, actor=system(world.agence), at=NOW, key=factories.key())
    assert len(outcome.done) == number
    return [row.intervention_id for row in outcome.done if row.intervention_id]
