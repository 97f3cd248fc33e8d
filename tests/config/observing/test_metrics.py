"""/metrics: who may read it, and that its labels are ours."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from interventions import clock
from interventions.models import Fate, JobRun
from tests import factories
from tests.config.observing.mails import a_mail

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-the-operator"


def scrape(token: str = TOKEN) -> dict[tuple[str, tuple], float]:
    answer = Client().get("/metrics", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for f in families for s in f.samples}


@pytest.fixture(autouse=True)
def token(settings) -> None:
    settings.METRICS_TOKEN = TOKEN


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer wrong", "Bearer é", f"Basic {TOKEN}x"])
def test_nobody_without_the_token(given: str) -> None:
    assert Client().get("/metrics", headers={"authorization": given}).status_code == 404


def test_without_a_token_set_it_is_closed(settings) -> None:
    settings.METRICS_TOKEN = ""
    assert Client().get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


def test_requests_are_counted_by_the_name_of_the_page_never_by_address() -> None:
    key = ("contreseing_requests_total", (("method", "GET"), ("status", "4xx"), ("view", "unknown")))
    before = scrape().get(key, 0)
    for number in range(3):
        Client().get(f"/nowhere/{number}/")
    after = scrape()
    assert after[key] - before == 3
    assert not [labels for _name, labels in after if "nowhere" in str(labels)]


def test_statements_of_a_page() -> None:
    def total() -> tuple[float, float]:
        seen, page = scrape(), (("view", "account_login"),)
        name = "contreseing_request_statements"
        return seen.get((f"{name}_count", page), 0), seen.get((f"{name}_sum", page), 0)

    before = total()
    Client().get("/compte/connexion/")
    after = total()
    assert after[0] - before[0] == 1
    assert after[1] >= before[1]


def test_an_invented_method_makes_no_label() -> None:
    Client().generic("BREW", "/compte/connexion/")
    assert {dict(labels)["method"] for name, labels in scrape() if name == "contreseing_requests_total"} <= {
        "GET",
        "HEAD",
        "POST",
        "other",
    }


def test_what_waits_comes_from_the_database() -> None:
    agence, now = factories.an_agence(), clock.now()
    a_mail(agence, due_at=now - timedelta(minutes=10))
    a_mail(agence, due_at=now - timedelta(minutes=5), fate=Fate.SENDING)
    a_mail(agence, due_at=now, created_at=now - timedelta(hours=3), fate=Fate.FAILED)
    a_mail(agence, due_at=now, created_at=now - timedelta(hours=30), fate=Fate.FAILED)
    JobRun.objects.create(agence=agence, name="remind", started_at=now, ended_at=now)
    JobRun.objects.create(agence=agence, name="remind", started_at=now, ended_at=now, error="x")
    seen = scrape()
    mails = {dict(labels)["state"]: n for (name, labels), n in seen.items() if name == "contreseing_outbox_mails"}
    assert mails == {"due": 1, "sending": 1, "failed": 1}
    assert seen["contreseing_outbox_oldest_seconds", ()] == pytest.approx(600, abs=5)
    assert seen["contreseing_job_failures_two_days", (("job", "remind"),)] == 1
    assert seen["contreseing_job_last_success_timestamp_seconds", (("job", "remind"),)] == pytest.approx(
        now.timestamp(), abs=1
    )
    assert seen["contreseing_database_up", ()] == 1


def test_a_database_that_is_gone_is_told(monkeypatch, unused_port: int) -> None:
    monkeypatch.setitem(connection.settings_dict, "PORT", unused_port)
    seen = scrape()
    assert seen["contreseing_database_up", ()] == 0
    assert ("contreseing_outbox_oldest_seconds", ()) not in seen
