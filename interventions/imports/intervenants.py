"""intervenants.csv: one line a carer, known by their matricule."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from . import cells
from .columns import Layout, Row

NUMBER = "Matricule"


@dataclass(frozen=True, slots=True)
class IntervenantLine:
    """A carer as the file has them; texts may be empty except matricule and last name."""

    line: int
    number: str
    civility: str
    last_name: str
    first_name: str
    email: str
    phone: str


def parse(row: Row, _tz: ZoneInfo) -> IntervenantLine:
    """Read one line. Refuses one without matricule or name, and an e-mail that is none."""
    return IntervenantLine(
        line=row.line,
        number=cells.required(row, NUMBER, cells.NUMBER),
        civility=cells.civility(row, "Civilité"),
        last_name=cells.required(row, "Nom", cells.NAME),
        first_name=cells.text(row, "Prénom", cells.NAME),
        email=cells.email(row, "Email"),
        phone=cells.text(row, "Téléphone", cells.PHONE),
    )


LAYOUT = Layout(
    file_name="intervenants.csv",
    columns=(NUMBER, "Civilité", "Nom", "Prénom", "Email", "Téléphone"),
    identity=(NUMBER,),
    numbered=True,
    parse=parse,
    shown=(NUMBER, "Nom", "Prénom"),
    optional=("Civilité", "Prénom", "Email", "Téléphone"),
)
