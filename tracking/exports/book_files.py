"""The files of pay and billing as downloads: what was exported for good, and what is only provisional."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import structlog
from django.http import Http404, HttpResponseBase
from django.views.decorators.http import require_safe

from interventions.tenancy import within
from portals.web.requests import ActorRequest
from tracking.exports import files, xlsx_file
from tracking.exports.downloads import CSV, XLSX, download
from tracking.exports.files import PROVISIONAL, Shape
from tracking.exports.numbered import asked, for_the_agency, is_closed, own, provisional
from tracking.exports.records import ExportKind
from tracking.exports.sums import sums

log = structlog.get_logger(__name__)

MEDIA = {"csv": CSV, "xlsx": XLSX}
# A file's name, which stays what it is in whatever language the page is.
NAMES = {ExportKind.PAY: "paie", ExportKind.BILLING: "facturation"}


@require_safe
@for_the_agency
def kept(request: ActorRequest, public_id: UUID) -> HttpResponseBase:
    """Give a file of a numbered export (?forme=, ?format=): the same bytes whenever it is asked for."""
    export = own(request, public_id)
    shape, ending = _wanted(request)
    make = files.csv_of if ending == "csv" else files.xlsx_of
    name = f"{NAMES[ExportKind(export.kind)]}-{export.number:04d}-{export.month:%Y-%m}-{shape}"
    log.info("export_taken", agence=export.agence_id, user=request.actor.user_id, export=export.pk, format=ending)
    return download(request, _within(request, lambda: make(export, shape)), f"{name}.{ending}", MEDIA[ending])


@require_safe
@for_the_agency
def open_one(request: ActorRequest) -> HttpResponseBase:
    """Give what an export of a month would hold now, marked provisional in its name and in each of its lines."""
    kind, month = asked(request)
    shape, ending = _wanted(request)
    columns = files.columns_of(kind, shape, PROVISIONAL)
    closed, zone = is_closed(request, month), request.actor.zone

    def pieces() -> Iterator[bytes]:
        lines: Any = provisional(request, kind, month, closed)
        found = sums(lines).groups if shape is Shape.SUMMARY else lines
        if ending == "csv":
            return files.as_csv(found, columns, zone)
        return xlsx_file.stream(files.rows(found, columns), columns, zone, PROVISIONAL)

    name = f"{NAMES[kind]}-provisoire-{month:%Y-%m}-{shape}"
    log.info("provisional_export_taken", agence=request.actor.agence_id, user=request.actor.user_id, format=ending)
    return download(request, _within(request, pieces), f"{name}.{ending}", MEDIA[ending])


def _wanted(request: ActorRequest) -> tuple[Shape, str]:
    shape, ending = request.GET.get("forme", Shape.SUMMARY), request.GET.get("format", "csv")
    if shape not in set(Shape) or ending not in MEDIA:
        raise Http404
    return Shape(shape), ending


def _within(request: ActorRequest, pieces: Any) -> Iterator[bytes]:
    """Yield the pieces of a file in a transaction of the agency, once the view's own has ended."""
    with within(request.actor.agence_id):
        yield from pieces()
