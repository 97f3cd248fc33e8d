"""Ce qui se fait tout seul: which jobs there are, when each last ran, and what each run did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.functional import Promise
from django.views.decorators.http import require_GET

from interventions.jobs import JOBS
from interventions.models import JobRun
from portals.web import paging
from portals.web.pages import page
from portals.web.requests import ActorRequest


@dataclass(frozen=True, slots=True)
class Shown:
    """A job and its latest run, if it ever ran."""

    label: Promise
    said: Promise
    last: JobRun | None


@dataclass(frozen=True, slots=True)
class Row:
    """A run and the name of its job."""

    label: Promise | str
    run: JobRun


@require_GET
def index(request: ActorRequest) -> HttpResponse:
    """Show the jobs, then the runs that did something or failed, the newest first, 50 a page."""
    mine: Any = JobRun.objects.visible_to(request.actor)
    latest = {run.name: run for run in mine.order_by("name", "-started_at", "-pk").distinct("name")}
    jobs = [Shown(job.label, job.said, latest.get(job.name)) for job in JOBS.values()]
    cut = paging.cut(mine.exclude(done=0, error=""), "-started_at", request.GET)
    rows = [Row(JOBS[run.name].label if run.name in JOBS else run.name, run) for run in cut.rows]
    return page(request, "manager/automatismes.html", {"jobs": jobs, "cut": cut, "rows": rows}, fragment="rows")
