"""What became of each row of a lot, as a file that a French spreadsheet opens."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _

from interventions.models import Batch
from interventions.spreadsheets import safe
from interventions.tenancy import streamed
from tracking.fates import Fates
from tracking.labels import SHORT
from tracking.rows import PAGE

BOM = "\ufeff"


def answer(batch: Batch, found: Fates) -> StreamingHttpResponse:
    """Return the file as it is written, a page of rows at a time."""
    sent = StreamingHttpResponse(streamed(batch.agence_id, lines(found)), content_type="text/csv; charset=utf-8")
    sent["Content-Disposition"] = f'attachment; filename="lot-{batch.pk}.csv"'
    return sent


def lines(found: Fates) -> Iterator[str]:
    """Yield the head, then a line a row: those that stayed first, as on the sheet."""
    head = (_("Jour"), _("Début"), _("Client"), _("Intervenant"), _("Sort"), _("Raison"), _("Statut aujourd’hui"))
    # By then the view is over, and with it the agency's zone as the active one.
    zone = found.actor.zone
    yield BOM + line(head)
    for start in range(0, found.count, PAGE):
        for row in found.page(start):
            visit = row.visit
            fate = _("Faite") if row.done else _("Laissée")
            carer = str(visit.intervenant or "")
            when = f"{visit.day:%d/%m/%Y}", f"{visit.retained_start.astimezone(zone):%H:%M}"
            yield line((*when, str(visit.client), carer, fate, row.said, str(SHORT[visit.state])))


def line(cells: tuple[str, ...]) -> str:
    """Write one line: cells between quotes, none of them a formula."""
    return ";".join('"' + safe(cell).replace('"', '""') + '"' for cell in cells) + "\r\n"
