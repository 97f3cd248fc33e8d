"""interventions.csv: one line a planned visit, known by its number."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from interventions import hours

from . import cells
from .columns import CellRefused, Layout, Row

NUMBER = "N° intervention"


@dataclass(frozen=True, slots=True)
class InterventionLine:
    """A visit as the file has it. Start and end are in UTC; matricule, contrat and prestation may be empty."""

    line: int
    number: str
    client: str
    matricule: str
    prestation: str
    contrat: str
    start: datetime
    end: datetime
    km: Decimal
    ordre_de_mission: str


def parse(row: Row, tz: ZoneInfo) -> InterventionLine:
    """Read one line. An end before the start on the clock means the next day; one equal to it is refused."""
    number = cells.required(row, NUMBER, cells.NUMBER)
    client = cells.required(row, "N° client", cells.NUMBER)
    start, end = _span(row, tz)
    prestation = cells.text(row, "Prestation", cells.PRESTATION)
    contrat = cells.text(row, "N° contrat", cells.NUMBER)
    if not prestation and not contrat:
        raise CellRefused("Prestation", _("Ni prestation ni contrat."))
    return InterventionLine(
        line=row.line,
        number=number,
        client=client,
        matricule=cells.text(row, "Matricule", cells.NUMBER),
        prestation=prestation,
        contrat=contrat,
        start=start,
        end=end,
        km=cells.kilometres(row, "Kilomètres"),
        ordre_de_mission=cells.text(row, "Ordre de mission", cells.NOTE),
    )


def _span(row: Row, tz: ZoneInfo) -> tuple[datetime, datetime]:
    day = cells.day(row, "Date")
    starts, ends = cells.clock(row, "Heure de début"), cells.clock(row, "Heure de fin")
    if starts == ends:
        raise CellRefused("Heure de fin", _("La fin est égale au début."))
    start = placed(starts, "Heure de début", day, tz)
    try:
        return start, hours.entered_end(ends, start, tz)
    except hours.InvalidHour as error:
        raise CellRefused("Heure de fin", error.message) from error


def placed(clock: hours.Clock, column: str, day: date, tz: ZoneInfo) -> datetime:
    """The instant of a start hour on a day. Refuses 24:00 and an hour that does not exist that day."""
    if clock.hour == 24:
        raise CellRefused(column, _("24:00 ne convient que pour une fin."))
    try:
        return hours.resolve(clock, day, tz)
    except hours.InvalidHour as error:
        raise CellRefused(column, error.message) from error


LAYOUT = Layout(
    file_name="interventions.csv",
    columns=(
        NUMBER,
        "N° client",
        "Matricule",
        "Prestation",
        "N° contrat",
        "Date",
        "Heure de début",
        "Heure de fin",
        "Kilomètres",
        "Ordre de mission",
    ),
    identity=(NUMBER,),
    numbered=True,
    parse=parse,
    shown=(NUMBER, "N° client", "Date", "Heure de début"),
    optional=("Matricule", "Prestation", "N° contrat", "Kilomètres", "Ordre de mission"),
)
