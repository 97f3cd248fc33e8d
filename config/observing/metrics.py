"""/metrics: what Prometheus reads, for whoever knows METRICS_TOKEN. Labels are names of ours, never a person's."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from time import perf_counter
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare
from prometheus_client import CollectorRegistry, Counter, Histogram, exposition, multiprocess, registry
from prometheus_client.core import GaugeMetricFamily, Metric
from psycopg import Error as Unreached

from config.observing import reach
from config.observing.statements import Statements
from interventions import clock, pulse

PATH = "/metrics"
NOWHERE = "unknown"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
COUNTS = (1, 2, 5, 10, 15, 20, 30, 50, 100)

REQUESTS = Counter("contreseing_requests", "Requests answered.", ["view", "method", "status"])
REQUEST_SECONDS = Histogram("contreseing_request_seconds", "Time to answer.", ["view"], buckets=SECONDS)
STATEMENTS = Histogram("contreseing_request_statements", "SQL statements of a request.", ["view"], buckets=COUNTS)
METHODS = frozenset(("GET", "HEAD", "POST"))


class Figures:
    """The middleware that counts what passes, and answers /metrics."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == PATH:
            return scraped(request)
        counted, began = Statements(), perf_counter()
        with connection.execute_wrapper(counted):
            response = self.get_response(request)
        view = view_name(request)
        REQUESTS.labels(view, _method(request), f"{response.status_code // 100}xx").inc()
        REQUEST_SECONDS.labels(view).observe(perf_counter() - began)
        STATEMENTS.labels(view).observe(counted.count)
        return response


def view_name(request: HttpRequest) -> str:
    """Return the name of the address, of which there are as many as in config.urls, never the address itself."""
    return (request.resolver_match and request.resolver_match.view_name) or NOWHERE


def _method(request: HttpRequest) -> str:
    return request.method if request.method in METHODS else "other"


def scraped(request: HttpRequest) -> HttpResponse:
    """Answer Prometheus; whoever does not bear the token learns nothing, not even that there is something."""
    wanted = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not wanted or not constant_time_compare(given, wanted):
        return HttpResponse(status=404)
    body = exposition.generate_latest(_gathered())
    return HttpResponse(body, content_type=exposition.CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def _gathered() -> CollectorRegistry:
    """Return what all web processes counted, and what the database says now."""
    found = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.MultiProcessCollector(found)
    else:
        found.register(_OwnFigures())
    found.register(_Pulse())
    return found


class _OwnFigures(registry.Collector):
    """What this process counted, where it is the only one."""

    def collect(self) -> Iterable[Metric]:
        for each in (REQUESTS, REQUEST_SECONDS, STATEMENTS):
            yield from each.collect()


class _Pulse(registry.Collector):
    """What waits, as the database has it: the same whichever process is asked."""

    def collect(self) -> Iterable[Metric]:
        try:
            reach.database()
            yield from _outbox()
            yield from _batches()
            yield from _jobs()
            yield _gauge("contreseing_database_up", "Whether the database answers.", {(): 1})
        except (DatabaseError, Unreached):
            yield _gauge("contreseing_database_up", "Whether the database answers.", {(): 0})


def _outbox() -> Iterable[Metric]:
    box = pulse.outbox(clock.now())
    mails = {("due",): box.due, ("sending",): box.sending, ("failed",): box.failed}
    yield _gauge("contreseing_outbox_mails", "Mails due, being sent, given up in 24 h.", mails, "state")
    yield _gauge("contreseing_outbox_oldest_seconds", "Age of the oldest mail due.", {(): box.oldest_seconds})


def _batches() -> Iterable[Metric]:
    counts = {(role,): count for role, count in pulse.batches_of_the_hour(clock.now()).items()}
    yield _gauge("contreseing_batches_hour", "Presses of the last hour.", counts, "role")


def _jobs() -> Iterable[Metric]:
    jobs = pulse.jobs_of_two_days(clock.now())
    ran = {(name,): at.timestamp() for name, (at, _failed) in jobs.items() if at}
    failed = {(name,): count for name, (_at, count) in jobs.items()}
    yield _gauge("contreseing_job_last_success_timestamp_seconds", "When a job last ran well.", ran, "job")
    yield _gauge("contreseing_job_failures_two_days", "How often a job failed in two days.", failed, "job")


def _gauge(name: str, said: str, values: Mapping[Any, float], *labels: str) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, said, labels=labels)
    for labelled, value in values.items():
        family.add_metric(labelled, value)
    return family
