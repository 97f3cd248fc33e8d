"""Each service's command, started by hand as docker-compose.yml names it, on an external PostgreSQL and Redis.

Together they serve a person who signs in: proxy with TLS, two web processes, the worker that sends the code, beat.
"""

import json
import re
import stat

import pytest

from tests.interventions.mails.sink import Sink, free_port, text_of
from tests.production.browser import Answer, Browser
from tests.production.conftest import start_proxy
from tests.production.machine import HOST, SITE, Machine, Process

CARER = "sa00001@intervenants.example"


def test_migrate_makes_the_tables_as_their_owner(machine: Machine) -> None:
    assert machine.migrated is not None
    assert machine.migrated.returncode == 0, machine.migrated.stderr
    owners = "SELECT string_agg(DISTINCT tableowner, ' ') FROM pg_tables WHERE schemaname = 'public'"
    assert machine.ask(owners) == "contreseing_owner"


def test_the_role_of_web_may_not_change_tables(machine: Machine) -> None:
    with machine.database("app") as connection:
        assert connection.execute("SELECT has_schema_privilege('public', 'CREATE')").fetchone() == (False,)


def test_broker_and_cache_ask_for_the_password(machine: Machine, redis: Process, beat: Process) -> None:
    assert machine.healthy(redis)
    stranger = Process("redis", redis.process, redis.log, {"PATH": redis.environment["PATH"]})
    assert machine.healthy(stranger)  # the check itself reads the secret
    secret = machine.folder / "secrets" / "redis_password"
    kept = secret.read_text()
    secret.write_text("another")
    assert not machine.healthy(stranger)
    secret.write_text(kept)


def test_a_web_process_is_healthy_and_serves_what_the_image_collected(web: list[Process]) -> None:
    there = Browser(f"http://{HOST}:{web[0].port}", headers={"Host": SITE, "X-Forwarded-Proto": "https"})
    page = there.get("/compte/connexion/")
    assert page.status == 200
    (style, *_) = re.findall(r'href="(/static/[^"]+\.css)"', page.text)
    answer = there.get(style)
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "max-age=315360000, public, immutable")


def test_nothing_is_written_beside_the_code(machine: Machine, web: list[Process], worker: Process) -> None:
    newest = max((path.stat().st_mtime, path) for path in machine.app.rglob("*"))
    assert newest[0] < machine.built_at, newest[1]
    assert {stat.S_IMODE((machine.folder / "secrets").stat().st_mode)} == {0o700}


def behind(machine: Machine, proxy: str) -> Browser:
    """A browser in front of a proxy, whose authority it trusts."""
    authority = machine.folder / "run" / proxy / "data/caddy/pki/authorities/local/root.crt"
    return Browser(f"https://{SITE}:{machine.ports['https']}", str(authority))


@pytest.fixture(scope="module")
def person(machine: Machine, proxy: Process) -> Browser:
    """Somebody who comes in by the proxy."""
    return behind(machine, "proxy")


@pytest.fixture(scope="module")
def signed_in(machine: Machine, worker: Process, person: Browser, sink: Sink, agence: str) -> Answer:
    """The first page of a person who asked for a code, read it in their mail, and entered it."""
    asked = person.post("/compte/connexion/code/", email=CARER)
    assert asked.url.endswith("/compte/connexion/code/verification/")
    worker.wait_for(lambda: CARER in sink.to, 20)
    (code,) = re.findall(r"^(\d{6})\s*$", text_of(sink.mails[sink.to.index(CARER)]), re.MULTILINE)
    return person.post("/compte/connexion/code/verification/", code=code)


def test_a_person_signs_in_through_all_of_them(machine: Machine, signed_in: Answer) -> None:
    assert (signed_in.status, signed_in.url) == (200, f"https://{SITE}:{machine.ports['https']}/intervenant/")
    assert "Mes interventions" in signed_in.text
    assert signed_in.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_the_proxy_keeps_the_inside_in(person: Browser, web: list[Process]) -> None:
    assert [person.get(path).status for path in ("/metrics", "/sante/pret/", "/sante/")] == [404, 404, 200]


def test_http_is_sent_to_https(machine: Machine, proxy: Process) -> None:
    answer = Browser(f"http://{HOST}:{machine.ports['http']}", headers={"Host": SITE}, follows=False).get("/")
    assert answer.status == 308
    assert answer.headers["Location"].startswith(f"https://{SITE}")


def test_a_web_process_that_has_ended_is_not_missed(machine: Machine, web: list[Process], person: Browser) -> None:
    kept = dict(machine.ports)
    second = start_proxy(machine, "second-proxy", [free_port(), *(process.port for process in web)])
    there = behind(machine, "second-proxy")
    assert [there.get("/compte/connexion/").status for _ in range(6)] == [200] * 6
    second.terminate()
    machine.ports.update(kept)


def test_metrics_are_told_to_whoever_bears_the_secret(machine: Machine, web: list[Process]) -> None:
    headers = {"Authorization": f"Bearer {machine.secret('metrics_token')}"}
    there = Browser(f"http://{HOST}:{web[0].port}", headers=headers)
    assert "contreseing_database_up 1.0" in there.get("/metrics").text
    assert Browser(f"http://{HOST}:{web[0].port}").get("/metrics").status == 404


def test_the_log_is_json_without_people(web: list[Process], worker: Process, signed_in: Answer) -> None:
    lines = [line for process in (*web, worker) for line in process.said().splitlines() if line.startswith("{")]
    events = [json.loads(line) for line in lines]
    assert {"request_finished"} <= {event["event"] for event in events}
    assert all(event["request_id"] for event in events if event["event"] == "request_finished")
    said = "".join(process.said() for process in (*web, worker))
    assert "intervenants.example" not in said
    assert not [event for event in events if event["logger"].startswith("django_structlog") and HOST in str(event)]


def test_worker_and_beat_are_healthy_and_so_is_the_whole(
    machine: Machine, web: list[Process], worker: Process, beat: Process
) -> None:
    assert machine.healthy(worker)
    there = Browser(f"http://{HOST}:{web[0].port}")
    beat.wait_for(lambda: machine.healthy(beat), 20)
    # Beat's first word comes half a minute after its start.
    beat.wait_for(lambda: there.get("/sante/pret/").status == 200, 45)


def test_the_deployment_check_has_nothing_to_say(machine: Machine) -> None:
    words = ("python", "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    checked = machine.run("web", *words)
    assert (checked.returncode, checked.stdout) == (0, "System check identified no issues (2 silenced).\n"), (
        checked.stderr
    )


def test_the_cookies_of_the_site_are_for_tls_and_this_host_alone(person: Browser, signed_in: Answer) -> None:
    page = Browser(person.origin, person.trusted).get("/compte/connexion/")
    (token,) = [cookie for cookie in page.headers.get_all("Set-Cookie") if cookie.startswith("csrftoken=")]
    assert {"Secure", "SameSite=Lax"} <= {part.strip() for part in token.split(";")}
    kept = {cookie.name: cookie for cookie in person.cookies}
    session = kept["__Host-session"]
    assert (session.secure, session.path, session.domain_specified) == (True, "/", False)
    assert session.has_nonstandard_attr("HttpOnly")
