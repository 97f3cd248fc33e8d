"""clients.csv: one line a person helped, known by their number."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from . import cells
from .columns import Layout, Row

NUMBER = "N° client"


@dataclass(frozen=True, slots=True)
class ClientLine:
    """A client as the file has them; texts may be empty except number and last name."""

    line: int
    number: str
    civility: str
    last_name: str
    first_name: str
    email: str
    phone: str
    address: str
    postal_code: str
    city: str


def parse(row: Row, _tz: ZoneInfo) -> ClientLine:
    """Read one line. Refuses one without number or name, and an e-mail that is none."""
    return ClientLine(
        line=row.line,
        number=cells.required(row, NUMBER, cells.NUMBER),
        civility=cells.civility(row, "Civilité"),
        last_name=cells.required(row, "Nom", cells.NAME),
        first_name=cells.text(row, "Prénom", cells.NAME),
        email=cells.email(row, "Email"),
        phone=cells.text(row, "Téléphone", cells.PHONE),
        address=cells.text(row, "Adresse", 200),
        postal_code=cells.text(row, "Code postal", 10),
        city=cells.text(row, "Ville", cells.NAME),
    )


LAYOUT = Layout(
    file_name="clients.csv",
    columns=(NUMBER, "Civilité", "Nom", "Prénom", "Email", "Téléphone", "Adresse", "Code postal", "Ville"),
    identity=(NUMBER,),
    numbered=True,
    parse=parse,
    shown=(NUMBER, "Nom", "Prénom"),
    optional=("Civilité", "Prénom", "Email", "Téléphone", "Adresse", "Code postal", "Ville"),
)
