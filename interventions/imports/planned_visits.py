"""planning.csv as a source of visits: no numbers, people by number or name, empty cells filled once at creation."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from interventions import hours
from interventions.models import Client, Intervention

from . import planning
from .base import Base, Directory
from .columns import CellRefused, Refusal
from .compare import Values
from .filling import LastVisit, Wanted, last_visits
from .interventions import placed
from .memory import Remembered
from .parse import Parsed
from .planning import PlanningLine
from .remarks import Remarks
from .visits import Visit, comparable

USUAL_CLOCK, USUAL_MINUTES = hours.Clock(10, 0), 60
NO_KM = Decimal("0.0")


def filled_from(agence_id: int, parsed: Sequence[Parsed[PlanningLine]], zone: ZoneInfo) -> Mapping[Wanted, LastVisit]:
    """What lines with empty cells would be filled from, as the base is now: call it before anything is loaded."""
    clients = Directory.read(Client, agence_id)
    lines = [record.outcome for record in parsed if not isinstance(record.outcome, Refusal)]
    wanted = {
        (clients.ids[number], line.day)
        for line in lines
        if not (line.prestation and line.intervenant and line.minutes)
        for number in clients.named(line.client)
    }
    return last_visits(agence_id, wanted, zone)


class PlannedVisits:
    """The visits of planning.csv."""

    name = "planning"
    layout = planning.LAYOUT
    columns = {"intervenant": "Intervenant", "hours": "Durée", "ordre_de_mission": "Ordre de mission"}

    def __init__(self, base: Base, zone: ZoneInfo, filling: Mapping[Wanted, LastVisit], notes: Remarks) -> None:
        self._base = base
        self._zone = zone
        self._filling = filling
        self._notes = notes
        self._met: Counter[tuple[str, ...]] = Counter()

    def identity(self, parsed: Parsed[PlanningLine]) -> str:
        """Client, then Date, Heure de début and Prestation as written, and which such line it is."""
        numbers = self._base.clients.named(parsed.identity[0]) if parsed.identity else []
        if len(numbers) != 1:
            return ""
        key = (numbers[0], *parsed.identity[1:])
        self._met[key] += 1
        return "|".join((*key, str(self._met[key])))

    def here(
        self, agence_id: int, before: dict[str, Remembered], _identities: Collection[str]
    ) -> dict[str, Intervention]:
        """The visits that these lines made."""
        made = {line.intervention_id: identity for identity, line in before.items() if line.intervention_id}
        return {made[row.pk]: row for row in Intervention.objects.filter(agence_id=agence_id, pk__in=made)}

    def wanted(self, line: PlanningLine, identity: str, before: Remembered | None) -> Visit:
        """The visit of a line: filled where it is new, as it was made and then changed where it is known."""
        client = self._client(line)
        made = _as_made(line, before) if before else self._filled(line, client)
        intervenant = self._intervenant(line) if line.intervenant else made.intervenant
        if hours.clock_minutes(made.start, made.end, self._zone) > hours.LONGEST_ON_THE_CLOCK:
            raise CellRefused("Durée", _("Une intervention dure 24 heures au plus."))
        facts = (made.start, made.end, NO_KM, line.ordre_de_mission)
        values = comparable(client, "", intervenant, made.prestation, *facts)
        return Visit(
            line.line,
            identity,
            "",
            client,
            intervenant,
            made.prestation,
            "",
            *facts,
            written=_written(line),
            resolved={name: values[name] for name in _said(line)},
        )

    def _client(self, line: PlanningLine) -> str:
        numbers = self._base.clients.named(line.client)
        if not numbers:
            raise CellRefused("Client", _("Client inconnu."), line.client)
        if len(numbers) > 1:
            raise CellRefused("Client", _("Plusieurs clients portent ce nom\u00a0: écrivez le numéro."), line.client)
        return numbers[0]

    def _intervenant(self, line: PlanningLine) -> str:
        """The matricule, or an empty text where it cannot be told: that visit is a draft."""
        numbers = self._base.intervenants.named(line.intervenant)
        if len(numbers) == 1:
            return numbers[0]
        self._notes.unknown_intervenant(line.line, line.intervenant, several=bool(numbers))
        return ""

    def _filled(self, line: PlanningLine, client: str) -> LastVisit:
        """What a new line makes: its own cells, then those of the client's last visit, then 10:00 and 1 h."""
        last = self._filling.get((self._base.clients.ids[client], line.day))
        prestation = self._base.prestations.name(line.prestation) if line.prestation else last and last.prestation
        if not prestation:
            raise CellRefused("Prestation", _("Aucune visite précédente n’indique la prestation."))
        clock = line.clock
        if clock is None and last and line.minutes is None:
            clock = hours.clock_of(last.start, self._zone)
        minutes = line.minutes or (hours.elapsed_minutes(last.start, last.end) if last else USUAL_MINUTES)
        start = placed(clock or USUAL_CLOCK, "Heure de début", line.day, self._zone)
        return LastVisit(start, start + timedelta(minutes=minutes), prestation, last.intervenant if last else "")


def _as_made(line: PlanningLine, before: Remembered) -> LastVisit:
    """What a known line made when it was new; a duration written since counts from the same start."""
    start, end = (datetime.fromisoformat(instant) for instant in before.applied["hours"].split("/"))
    if line.minutes:
        end = start + timedelta(minutes=line.minutes)
    return LastVisit(start, end, before.applied["prestation"], before.applied["intervenant"])


def _written(line: PlanningLine) -> Values:
    """The cells that can change: the others make the identity."""
    minutes = str(line.minutes) if line.minutes else ""
    return {"intervenant": line.intervenant, "hours": minutes, "ordre_de_mission": line.ordre_de_mission}


def _said(line: PlanningLine) -> list[str]:
    """The fields that a line says something of: an empty Intervenant or Durée was filled once, at creation."""
    written = _written(line)
    return [name for name in written if written[name] or name == "ordre_de_mission"]
