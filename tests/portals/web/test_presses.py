"""What is said after a press: what was done, and of each row that was not, which visit and why."""

import datetime as dt

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import RequestFactory
from django.utils import timezone

from interventions import operations
from interventions.actor import Actor
from interventions.states import Action
from portals.web.presses import SENTENCES, tell
from tests import factories

pytestmark = pytest.mark.django_db


def told(actor: Actor, outcome: operations.Outcome) -> list[tuple[str, str]]:
    request = RequestFactory().get("/")
    request.actor = actor  # type: ignore[attr-defined]
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    with timezone.override(actor.zone):
        tell(request, outcome)  # type: ignore[arg-type]
    return [(message.level_tag, str(message)) for message in get_messages(request)]


def test_done_and_refused_are_told_row_by_row_and_once() -> None:
    world = factories.a_world()
    past, coming = world.visit(), world.visit(day=world.now.date() + dt.timedelta(days=3))
    changes = [operations.Change(Action.COMPLETE, visit.pk) for visit in (past, coming)]
    key = factories.key()
    first = operations.apply(changes, actor=world.as_intervenant, at=world.now, key=key)
    said = told(world.as_intervenant, first)
    assert said[0] == ("success", "1 intervention enregistrée\u00a0: Réalisé")
    level, sentence = said[1]
    assert level == "warning"
    assert sentence.startswith("Mme Yvonne Quéré, sam. 28/11 9\u202fh\u202f00")
    assert sentence.endswith(str(first.refused[0].message))
    again = operations.apply(changes, actor=world.as_intervenant, at=world.now, key=key)
    assert told(world.as_intervenant, again) == [
        ("info", "Cette demande était déjà enregistrée\u00a0: elle n’a pas été refaite."),
        *said,
    ]


def test_each_reader_knows_a_visit_by_what_they_may_know() -> None:
    world = factories.a_world()
    visit = world.visit()
    for actor, name in ((world.as_client, "Aïcha L."), (world.as_manager, "Mme Yvonne Quéré – L’Héritier Aïcha")):
        change = operations.Change(Action.REOPEN, visit.pk, reason="essai")
        outcome = operations.apply([change], actor=actor, at=world.now, key=factories.key())
        [(_level, sentence)] = told(actor, outcome)
        assert sentence.startswith(f"{name}, mar. 24/11")


def test_a_stranger_s_visit_is_not_named() -> None:
    world, other = factories.a_world(), factories.a_world()
    change = operations.Change(Action.VALIDATE, other.visit().pk)
    outcome = operations.apply([change], actor=world.as_client, at=world.now, key=factories.key())
    [(_level, sentence)] = told(world.as_client, outcome)
    assert sentence == str(outcome.refused[0].message)


def test_many_refusals_are_summed_up() -> None:
    world = factories.a_world()
    visit = world.visit()
    changes = [operations.Change(Action.VALIDATE, visit.pk) for _ in range(SENTENCES + 3)]
    outcome = operations.apply(changes, actor=world.as_client, at=world.now, key=factories.key())
    said = told(world.as_client, outcome)
    assert len(said) == SENTENCES + 1
    assert said[-1][1] == "3 autres n’ont pas été enregistrées."
