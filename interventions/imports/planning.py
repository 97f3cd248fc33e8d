"""planning.csv: the seven columns that Ogust imports. Its lines have no number, and empty cells are filled later."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from interventions import hours

from . import cells
from .columns import CellRefused, Layout, Row
from .interventions import placed

LONGEST_MINUTES = 24 * 60
PERSON = 2 * cells.NAME + 1

_CLOCK_DURATION = re.compile(r"([0-9]{1,3}):([0-5][0-9])")
_DECIMAL_DURATION = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,4})?")


@dataclass(frozen=True, slots=True)
class PlanningLine:
    """A visit as the planning has it: client and intervenant by number or «Nom Prénom», the rest may be empty.

    `minutes` is elapsed time, more than 0 and at most 24 h.
    """

    line: int
    client: str
    day: date
    clock: hours.Clock | None
    prestation: str
    intervenant: str
    minutes: int | None
    ordre_de_mission: str


def parse(row: Row, tz: ZoneInfo) -> PlanningLine:
    """Read one line. Refuses a duration of 0 or over 24 h, and an hour that does not exist that day."""
    client, day = cells.required(row, "Client", PERSON), cells.day(row, "Date")
    clock = cells.clock(row, "Heure de début") if row["Heure de début"] else None
    if clock:
        placed(clock, "Heure de début", day, tz)
    return PlanningLine(
        line=row.line,
        client=client,
        day=day,
        clock=clock,
        prestation=cells.text(row, "Prestation", cells.PRESTATION),
        intervenant=cells.text(row, "Intervenant", PERSON),
        minutes=duration(row["Durée"]) if row["Durée"] else None,
        ordre_de_mission=cells.text(row, "Ordre de mission", cells.NOTE),
    )


def duration(text: str) -> int:
    """Minutes of a duration written 1:30, 1,5 or 2 (hours). Refuses 0, over 24 h, and what is none."""
    if found := _CLOCK_DURATION.fullmatch(text):
        minutes = int(found[1]) * 60 + int(found[2])
    elif _DECIMAL_DURATION.fullmatch(text):
        minutes = round(Decimal(text.replace(",", ".")) * 60)
    else:
        raise CellRefused("Durée", _("Ce n’est pas une durée (attendu\u00a0: 1:30, 1,5 ou 2)."))
    if not 0 < minutes <= LONGEST_MINUTES:
        raise CellRefused("Durée", _("La durée doit dépasser 0 et ne pas dépasser 24 heures."))
    return minutes


LAYOUT = Layout(
    file_name="planning.csv",
    columns=("Client", "Date", "Heure de début", "Prestation", "Intervenant", "Durée", "Ordre de mission"),
    identity=("Client", "Date", "Heure de début", "Prestation"),
    numbered=False,
    parse=parse,
    shown=("Client", "Date", "Heure de début", "Prestation"),
    optional=("Heure de début", "Prestation", "Intervenant", "Durée", "Ordre de mission"),
)
