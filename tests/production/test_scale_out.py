"""Two web and two worker processes on one database and one broker: whatever meets, each row is done once."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from celery import Celery

from tests.factories import key
from tests.interventions.mails.sink import Sink
from tests.production.browser import Browser
from tests.production.conftest import end_well, wait_until_ready
from tests.production.crowd import PASSWORD
from tests.production.files import ROOT
from tests.production.machine import HOST, Machine, Process
from tests.production.test_stopping import BEHIND_PROXY, eventually

# Six lots for the workers, one small enough to be done by the web process that is pressed on.
LOTS = [30, 30, 30, 30, 30, 30, 4]
OF_THEM = "FROM interventions_journalentry WHERE agence_id = %s AND action = 'validate_for_client'"
ENTRIES = f"SELECT count(*) {OF_THEM}"
TWICE = f"SELECT count(*) FROM (SELECT 1 {OF_THEM} GROUP BY intervention_id HAVING count(*) > 1) t"


@dataclass(frozen=True)
class Crowd:
    """What was loaded: who presses, in which agency, on which visits."""

    login: str
    agence: int
    lots: list[list[str]]


@pytest.fixture(scope="module")
def crowd(machine: Machine) -> Crowd:
    code = f"from tests.production.crowd import load; load({LOTS})"
    done = machine.run("web", "python", "manage.py", "shell", "--no-imports", "-c", code, PYTHONPATH=str(ROOT))
    assert done.returncode == 0, done.stderr
    return Crowd(**json.loads(done.stdout.strip().splitlines()[-1]))


@pytest.fixture(scope="module")
def workers(machine: Machine, redis: Process, sink: Sink) -> Iterator[list[Process]]:
    names = ("first", "second")
    found = [machine.start("worker", name, extra=("--hostname", f"celery@{name}")) for name in names]
    for process, name in zip(found, names, strict=True):
        wait_until_ready(process, name)
    yield found
    end_well(*found)


@pytest.fixture(scope="module")
def person(web: list[Process], crowd: Crowd) -> Browser:
    """The manager, signed in at the first process: the session is good at the second."""
    found = Browser(f"http://{HOST}:{web[0].port}", headers=BEHIND_PROXY, plain=True)
    assert found.post("/compte/connexion/", login=crowd.login, password=PASSWORD).status == 302
    return found


def test_every_press_is_made_four_times_at_once_and_done_once(
    machine: Machine, web: list[Process], workers: list[Process], person: Browser, crowd: Crowd
) -> None:
    token, keys, presses = person.token("/suivi/"), [], []
    # The small one twice over, as in two tabs: the visits are the same, the presses are not.
    for lot in [*crowd.lots, crowd.lots[-1]]:
        keys.append(key())
        chosen = person.send("/suivi/selections/", csrfmiddlewaretoken=token, portee="visites", visite=lot)
        selection = chosen.headers["Location"].rstrip("/").rsplit("/", 1)[-1]
        pressed = {"selection": selection, "key": keys[-1], "ground": "phone", "csrfmiddlewaretoken": token}
        presses += [(f"http://{HOST}:{process.port}/suivi/validations/", pressed) for process in web * 2]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda press: person.send(press[0], **press[1]), reversed(presses)))
    assert {answer.status for answer in answers} <= {302, 303}
    assert machine.ask("SELECT count(*) FROM interventions_batch WHERE key = ANY(%s)", keys[: len(LOTS)]) == len(LOTS)
    assert eventually(lambda: machine.ask(ENTRIES, crowd.agence) == sum(LOTS), 90)
    assert machine.ask(TWICE, crowd.agence) == 0
    made = machine.ask("SELECT array_agg(id ORDER BY id) FROM interventions_batch WHERE key = ANY(%s)", keys)
    lines = [line for process in web for line in process.said().splitlines() if line.startswith("{")]
    named = {(event["event"], event.get("batch")) for event in map(json.loads, lines)}
    assert sorted(batch for event, batch in named if event == "request_finished" and batch) == made


def test_each_mail_leaves_once_whoever_takes_it(
    machine: Machine, workers: list[Process], crowd: Crowd, sink: Sink
) -> None:
    with machine.database() as owner:
        owner.execute("UPDATE interventions_mail SET due_at = now() - interval '1 minute' WHERE fate = 'queued'")
    with Celery(broker=machine.broker()) as sender:
        for _ in range(12):
            sender.send_task("interventions.tasks.deliver_due_mails", args=["default"])
    waiting = "SELECT count(*) FROM interventions_mail WHERE fate IN ('queued', 'sending')"
    assert eventually(lambda: machine.ask(waiting) == 0, 60)
    with machine.database() as owner:
        sent = "SELECT message_id FROM interventions_mail WHERE agence_id = %s AND fate = 'sent'"
        gone = sorted(name for (name,) in owner.execute(sent, [crowd.agence]).fetchall())
    assert len(gone) >= len(LOTS)
    received = [str(mail["Message-ID"]) for mail in sink.mails]
    assert sorted(name for name in received if name in gone) == gone
    assert all("deliver_due_mails" in worker.said() for worker in workers)
