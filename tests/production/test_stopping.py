"""SIGTERM, which `docker stop` sends: what runs is finished, and a web process takes nothing new."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from celery import Celery

from config.supervisor import port_answers
from tests.interventions.mails.sink import Sink, free_port, listening
from tests.production.browser import Browser
from tests.production.conftest import wait_until_ready
from tests.production.machine import HOST, SITE, Machine, Process

CODE = "/compte/connexion/code/"
BEHIND_PROXY = {"Host": SITE, "X-Forwarded-Proto": "https", "Referer": f"https://{SITE}/"}
FATES = "SELECT string_agg(fate, ' ') FROM interventions_mail WHERE \"to\" = %s"
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


class Slow(Sink):
    """A mail server that takes its time over each mail."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = False
        self.released = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Wait for leave, then take the mail."""
        self.asked = True
        while not self.released:
            await asyncio.sleep(0.05)
        return await super().handle_DATA(server, session, envelope)


def eventually(seen: Callable[[], bool], seconds: float = 20) -> bool:
    """Say whether that is seen within some seconds."""
    until = time.monotonic() + seconds
    while not (now := seen()) and time.monotonic() < until:
        time.sleep(0.05)
    return now


def a_web_process(machine: Machine) -> tuple[Process, Browser]:
    web = machine.start("web", "stopping", PORT=str(free_port()), WEB_CONCURRENCY="1")
    web.wait_for(lambda: port_answers(HOST, web.port))
    return web, Browser(f"http://{HOST}:{web.port}", headers=BEHIND_PROXY, plain=True)


def test_a_request_under_way_is_answered(machine: Machine, redis: Process, agence: str) -> None:
    web, person = a_web_process(machine)
    token = person.token(CODE)
    with ThreadPoolExecutor() as pool:
        with machine.database() as owner, owner.transaction():
            owner.execute("LOCK TABLE interventions_user IN ACCESS EXCLUSIVE MODE")
            asked = pool.submit(person.send, CODE, email="sa00002@intervenants.example", csrfmiddlewaretoken=token)
            assert eventually(lambda: machine.ask(WAITING) == 1)
            web.terminate()
            assert eventually(lambda: not port_answers(HOST, web.port))
            assert web.process.poll() is None
        assert asked.result().status == 302
    assert web.ended() == 0
    assert machine.ask(FATES, "sa00002@intervenants.example") == "queued"


def test_a_mail_under_way_leaves(machine: Machine, redis: Process, agence: str) -> None:
    carer = "sa00003@intervenants.example"
    web, person = a_web_process(machine)
    assert person.post(CODE, email=carer).status == 302
    web.terminate()
    with machine.database() as owner:
        later = "UPDATE interventions_mail SET due_at = now() + interval '1 day' WHERE \"to\" <> %s"
        owner.execute(later, [carer])
    post = Slow()
    with listening(post, machine.ports["mail"]), Celery(broker=machine.broker()) as sender:
        worker = machine.start("worker", "stopping", extra=("--hostname", "celery@stopping"))
        wait_until_ready(worker, "stopping")
        sender.send_task("interventions.tasks.deliver_due_mails", args=["default"])
        worker.wait_for(lambda: post.asked)
        worker.terminate()
        worker.wait_for(lambda: "Warm shutdown" in worker.said(), 10)
        assert worker.process.poll() is None
        post.released = True
        assert worker.ended() == 0
    assert post.to == [carer]
    assert machine.ask(FATES, carer) == "sent"
