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
    postcode: str
    city: str


def parse(row: Row, _tz: ZoneInfo) -> ClientLine:
    """Read one line. Refuses one without number or name, and an e-mail that is none."""
    return ClientLine(
        line=row.line,
        number=cells.required(row, NUMBER),
        civility=cells.text(row, "Civilité"),
        last_name=cells.required(row, "Nom"),
        first_name=cells.text(row, "Prénom"),
        email=cells.email(row, "Email"),
        phone=cells.text(row, "Téléphone"),
        address=cells.text(row, "Adresse"),
        postcode=cells.text(row, "Code postal"),
        city=cells.text(row, "Ville"),
    )


LAYOUT = Layout(
    file_name="clients.csv",
    columns=(NUMBER, "Civilité", "Nom", "Prénom", "Email", "Téléphone", "Adresse", "Code postal", "Ville"),
    identity=(NUMBER,),
    numbered=True,
    parse=parse,
)
