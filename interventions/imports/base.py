"""What the agency has, as far as lines of a file point to it: people, contrats, prestations, closed months."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from interventions import hours
from interventions.guards import ContratTerms
from interventions.models import Client, Contrat, Intervenant, Period, Prestation

from .columns import folded


@dataclass(slots=True)
class Directory:
    """People of one kind, found by number, or by «Nom Prénom» where only one has it."""

    ids: dict[str, int] = field(default_factory=dict)
    numbers: dict[int, str] = field(default_factory=dict)
    by_name: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, model: type[Client | Intervenant], agence_id: int) -> "Directory":
        """Read the agency's people in one query."""
        found = cls()
        rows = model.objects.filter(agence_id=agence_id).values_list("pk", "number", "last_name", "first_name")
        for pk, number, last_name, first_name in rows:
            found.ids[number] = pk
            found.numbers[pk] = number
            found.by_name.setdefault(folded(f"{last_name} {first_name}"), []).append(number)
        return found

    def named(self, text: str) -> list[str]:
        """The numbers that a number or a name may mean: one at best."""
        return [text] if text in self.ids else self.by_name.get(folded(text), [])


@dataclass(frozen=True, slots=True)
class KnownContrat:
    """A contrat: its key, what makes it billable, and its prestation's name."""

    id: int
    terms: ContratTerms
    prestation: str


@dataclass(slots=True)
class Prestations:
    """Kinds of service by name, whatever its case and spaces. New ones come into being when a line needs them."""

    agence_id: int
    known: dict[str, tuple[int, str]]
    names: dict[int, str]

    @classmethod
    def read(cls, agence_id: int) -> "Prestations":
        """Read the agency's kinds of service in one query."""
        names = dict(Prestation.objects.filter(agence_id=agence_id).values_list("pk", "name"))
        return cls(agence_id, {folded(name): (pk, name) for pk, name in names.items()}, names)

    def name(self, text: str) -> str:
        """The name as it stands here, or as written if it is new."""
        return self.known.get(folded(text), (0, text))[1]

    def id(self, text: str) -> int:
        """The key of a kind of service, which is created if it is new."""
        key = folded(text)
        if key not in self.known:
            made = Prestation.objects.create(agence_id=self.agence_id, name=text)
            self.known[key] = (made.pk, made.name)
            self.names[made.pk] = made.name
        return self.known[key][0]


@dataclass(slots=True)
class Base:
    """A snapshot of the agency, taken once its people and contrats are loaded."""

    clients: Directory
    intervenants: Directory
    contrats: dict[str, KnownContrat]
    contrat_numbers: dict[int, str]
    prestations: Prestations
    closed_months: frozenset[date]

    @classmethod
    def read(cls, agence_id: int) -> "Base":
        """Read all of it, in a fixed number of queries."""
        contrats = dict(_contrats(agence_id))
        closed = Period.objects.filter(agence_id=agence_id, closed_at__isnull=False).values_list("month", flat=True)
        return cls(
            Directory.read(Client, agence_id),
            Directory.read(Intervenant, agence_id),
            contrats,
            {contrat.id: number for number, contrat in contrats.items()},
            Prestations.read(agence_id),
            frozenset(closed),
        )

    def is_closed(self, *days: date) -> bool:
        """Whether one of these days lies in a closed month."""
        return any(hours.month_of(day) in self.closed_months for day in days)


def _contrats(agence_id: int) -> Iterable[tuple[str, KnownContrat]]:
    for row in Contrat.objects.filter(agence_id=agence_id).select_related("prestation"):
        terms = ContratTerms(row.client_id, row.state, row.billable, row.starts_on, row.ends_on)
        yield row.number, KnownContrat(row.pk, terms, row.prestation.name)
