"""contrats.csv: one line a contrat, known by its number. Its client has to be known by then."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from . import cells
from .columns import CellRefused, Layout, Row, folded

NUMBER = "N° contrat"
ETATS = ("Brouillon", "Validé", "Signé", "Résilié")
_ETATS = {folded(etat): etat for etat in ETATS}


@dataclass(frozen=True, slots=True)
class ContratLine:
    """A contrat as the file has it. `etat` is one of ETATS; both days are included, `ends_on` may be open."""

    line: int
    number: str
    client: str
    prestation: str
    etat: str
    starts_on: date
    ends_on: date | None
    billable: bool


def parse(row: Row, _tz: ZoneInfo) -> ContratLine:
    """Read one line. Refuses an unknown état, a date that is none, and an end before the start."""
    starts_on, ends_on = cells.day(row, "Début"), cells.day_or_none(row, "Fin")
    if ends_on and ends_on < starts_on:
        raise CellRefused("Fin", _("Le contrat finit avant de commencer."))
    return ContratLine(
        line=row.line,
        number=cells.required(row, NUMBER, cells.NUMBER),
        client=cells.required(row, "N° client", cells.NUMBER),
        prestation=cells.required(row, "Prestation", cells.PRESTATION),
        etat=_etat(row),
        starts_on=starts_on,
        ends_on=ends_on,
        billable=cells.yes_or_no(row, "Facturable"),
    )


def _etat(row: Row) -> str:
    etat = _ETATS.get(folded(row["État"]))
    if etat is None:
        raise CellRefused("État", _("État inconnu. Attendu\u00a0: %(etats)s.") % {"etats": ", ".join(ETATS)})
    return etat


LAYOUT = Layout(
    file_name="contrats.csv",
    columns=(NUMBER, "N° client", "Prestation", "État", "Début", "Fin", "Facturable"),
    identity=(NUMBER,),
    numbered=True,
    parse=parse,
    shown=(NUMBER, "N° client", "Prestation", "Début"),
    optional=("Fin",),
    also={"Début": ("Fin",)},
)
