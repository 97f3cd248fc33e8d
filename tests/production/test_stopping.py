"""SIGTERM, which `docker stop` sends: what runs is finished, nothing new is taken."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from config.supervisor import port_answers
from tests.interventions.mails.sink import Sink, free_port, listening
from tests.production.browser import Browser
from tests.production.machine import HOST, SITE, Machine, Process

CARER = "sa00002@intervenants.example"
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
    headers = {"Host": SITE, "X-Forwarded-Proto": "https", "Referer": f"https://{SITE}/"}
    return web, Browser(f"http://{HOST}:{web.port}", headers=headers, plain=True)


def test_a_request_under_way_is_answered(machine: Machine, redis: Process, agence: str) -> None:
    web, person = a_web_process(machine)
    with ThreadPoolExecutor() as pool:
        with machine.database() as owner, owner.transaction():
            owner.execute("LOCK TABLE interventions_user IN ACCESS EXCLUSIVE MODE")
            asked = pool.submit(person.post, "/compte/connexion/code/", email=CARER)
            assert eventually(lambda: machine.ask(WAITING) == 1)
            web.terminate()
            assert eventually(lambda: not port_answers(HOST, web.port))
            assert web.process.poll() is None
        assert asked.result().status == 302
    assert web.ended() == 0
    assert machine.ask('SELECT count(*) FROM interventions_mail WHERE "to" = %s', CARER) == 1


def test_a_mail_under_way_leaves_and_no_other_is_begun(machine: Machine, redis: Process, agence: str) -> None:
    with machine.database() as owner:
        owner.execute("DELETE FROM interventions_mail WHERE fate <> 'queued'")
    post = Slow()
    with listening(post, machine.ports["mail"]):
        worker = machine.start("worker", "stopping", extra=("--hostname", "celery@stopping"))
        worker.wait_for(lambda: "celery@stopping ready" in worker.said())
        with machine.database() as owner:
            owner.execute("UPDATE interventions_mail SET due_at = now()")
        done = machine.run(
            "worker",
            "celery",
            "--app",
            "config",
            "call",
            "interventions.tasks.deliver_due_mails",
            "--args",
            '["default"]',
        )
        assert done.returncode == 0, done.stderr
        worker.wait_for(lambda: post.asked)
        worker.terminate()
        worker.wait_for(lambda: "Warm shutdown" in worker.said(), 10)
        time.sleep(0.5)
        assert worker.process.poll() is None
        post.released = True
        assert worker.ended() == 0
    assert post.to == [CARER]
    assert machine.ask("SELECT string_agg(fate, ' ') FROM interventions_mail") == "sent"
