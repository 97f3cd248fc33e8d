"""Redis is killed, frozen, emptied; the folder of the broker that needs no server is removed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
import redis

from interventions.models import Intervention
from interventions.states import Status
from tests.factories import World, key
from tests.faults.service import Service, eventually
from tests.faults.story import TOKEN, browser_of, declared, goes_on, is_whole, validation
from tests.interventions.mails.sink import Sink
from tests.production.browser import Browser

PASSWORD = "un mot de passe assez long"


@contextmanager
def _killed(service: Service) -> Any:
    service.kill("redis")
    yield
    service.up("redis")


@contextmanager
def _emptied(service: Service) -> Any:
    with redis.Redis.from_url(service.environment["REDIS_URL"]) as client:
        client.flushall()
    yield


def _frozen(service: Service) -> AbstractContextManager[None]:
    return service.frozen("redis")


def _signs_in(world: World, service: Service) -> int:
    user = world.client.user
    assert user is not None
    user.set_password(PASSWORD)
    user.save()
    headers = {"Cookie": f"csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
    door = Browser(service.address, headers=headers, plain=True)
    return door.send("/compte/connexion/", login=user.email, password=PASSWORD).status


def _well(service: Service) -> dict[str, bool]:
    said = json.loads(Browser(service.address, plain=True).get("/sante/pret/").text)
    return {name: said[name]["ok"] for name in ("database", "broker")}


@pytest.mark.parametrize(("fault", "answers"), [(_killed, False), (_frozen, False), (_emptied, True)])
def test_redis(
    world: World,
    service: Service,
    sink: Sink,
    fault: Callable[[Service], AbstractContextManager[None]],
    answers: bool,
) -> None:
    service.up("web", "worker", "beat")
    (visit,) = declared(world, 1)
    person = browser_of(visit.client.user, service)
    with fault(service):
        # Nobody notices who presses, reads or signs in; whoever watches over the service is told.
        assert person.send(validation(visit), key=key(), vu=str(visit.version)).status == 303
        assert person.get("/client/").status == 200
        assert _signs_in(world, service) == 302
        assert _well(service) == {"database": True, "broker": answers}
    goes_on(world, service, sink)
    eventually(lambda: _well(service)["broker"], "it is well again")
    assert Intervention.objects.get(pk=visit.pk).status == Status.VALIDATED
    is_whole(world, [visit])


def test_the_folder_of_the_embedded_broker_removed(world: World, service: Service, sink: Sink) -> None:
    service.end("worker", "beat")
    folder = service.folder / "var" / "celery"
    service.up("worker", "beat", REDIS_URL="")
    goes_on(world, service, sink)
    shutil.rmtree(folder)
    goes_on(world, service, sink)
    assert service.runs("worker")
    assert service.runs("beat")
    service.end("worker", "beat")
