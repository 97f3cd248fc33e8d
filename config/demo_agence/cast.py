"""Who works, who is helped and who manages in the demo; the first of each kind has an account to sign in with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from interventions import operations
from interventions.models import (
    Agence,
    Client,
    Contrat,
    ContratState,
    Gestionnaire,
    GestionnaireSecteur,
    Intervenant,
    Prestation,
    Proche,
    ProcheKind,
    Secteur,
    User,
)
from interventions.tenancy import set_agence

PASSWORD = "contreseing-demo"  # noqa: S105 - known to all, and only the demo's accounts have it

PRESTATIONS = ("Aide à la toilette", "Aide au repas", "Courses", "Garde de nuit", "Ménage / repassage")
SECTEURS = ("Côte", "Presqu’île")

# (civility, first name, last name, street, postal code, city, access code)
CLIENTS = (
    ("Mme", "Yvonne", "Quéré", "32 impasse du Vieux-Puits", "44510", "Le Pouliguen", "Boîte à clés 4417"),
    ("M.", "René", "Noël", "6 boulevard du Maréchal-Foch", "44740", "Batz-sur-Mer", ""),
    ("Mme", "Odile", "Abélard", "14 rue du Croisic", "44510", "Le Pouliguen", "Code 14B7"),
    ("M.", "Paul", "Kerbrat", "3 chemin des Salines", "44350", "Guérande", ""),
    ("Mme", "Jeanne", "Le Goff", "27 avenue de la Plage", "44500", "La Baule-Escoublac", "Interphone « Le Goff »"),
    ("M.", "Marcel", "Tanguy", "9 place du Marché", "44350", "Guérande", ""),
    ("Mme", "Simone", "Riou", "51 rue des Écoliers", "44500", "La Baule-Escoublac", ""),
    ("M.", "Louis", "Prigent", "2 quai Saint-Michel", "44490", "Le Croisic", "Clé chez la voisine"),
    ("Mme", "Yvette", "Hamon", "18 rue du Phare", "44490", "Le Croisic", ""),
    ("Mme", "Farida", "Benaïssa", "40 avenue de l’Océan", "44740", "Batz-sur-Mer", "Code 2580"),
)
# (civility, first name, last name, hours a week)
INTERVENANTS = (
    ("Mme", "Nadia", "Lemoine", 35),
    ("M.", "Karim", "Benali", 35),
    ("Mme", "Lucie", "Moreau", 28),
    ("Mme", "Sophie", "Ferrand", 24),
    ("Mme", "Aïcha", "L’Héritier", 35),
)


@dataclass(slots=True)
class Cast:
    """The people of one agency, and what they agreed."""

    agence: Agence
    prestations: list[Prestation]
    clients: list[Client]
    intervenants: list[Intervenant]
    gestionnaire: Gestionnaire
    proche: Proche
    contrats: dict[tuple[int, int], Contrat]


def create_cast(name: str, domain: str, today: date, clients: int, carers: int) -> Cast:
    """Create an agency with its first `clients` clients and `carers` intervenants; its accounts are at `domain`."""
    agence = operations.create_agence(
        name,
        phone="02 61 91 20 30",
        email=f"contact@{domain}",
        address="1 place du Marché, 44350 Guérande",
        first_day=False,
    )
    set_agence(agence.pk)
    prestations = [Prestation.objects.create(agence=agence, name=label) for label in PRESTATIONS]
    secteurs = [Secteur.objects.create(agence=agence, name=label) for label in SECTEURS]
    helped = [_client(agence, secteurs, place, domain) for place in range(clients)]
    visiting = [_intervenant(agence, place, domain) for place in range(carers)]
    gestionnaire = _gestionnaire(agence, domain)
    _limited(agence, secteurs[0], domain)
    proche = Proche.objects.create(
        agence=agence,
        client=helped[0],
        user=_account("proche", domain),
        first_name="Anne",
        last_name=helped[0].last_name,
        kind=ProcheKind.MANDATAIRE,
        starts_on=today - timedelta(days=400),
        gets_mails=True,
    )
    contrats = _contrats(agence, helped, prestations, today)
    return Cast(agence, prestations, helped, visiting, gestionnaire, proche, contrats)


def _account(name: str, domain: str) -> User:
    return User.objects.create_user(f"{name}@{domain}", PASSWORD)


def _address(name: str, domain: str) -> User:
    """Return somebody whose address is known but who never signed in."""
    return User.objects.create_user(f"{name}@{domain}")


def _client(agence: Agence, secteurs: list[Secteur], place: int, domain: str) -> Client:
    civility, first_name, last_name, street, postal_code, city, access_code = CLIENTS[place]
    # The third has no address: the manager's first page says so.
    user = _account("client", domain) if place == 0 else _address(f"client{place + 1}", domain) if place != 2 else None
    return Client.objects.create(
        agence=agence,
        number=f"CL{place + 1:05d}",
        civility=civility,
        first_name=first_name,
        last_name=last_name,
        phone=f"06 21 78 98 {place + 10}",
        address=street,
        postal_code=postal_code,
        city=city,
        access_code=access_code,
        secteur=secteurs[place % 2],
        user=user,
    )


def _intervenant(agence: Agence, place: int, domain: str) -> Intervenant:
    civility, first_name, last_name, weekly_hours = INTERVENANTS[place]
    return Intervenant.objects.create(
        agence=agence,
        number=f"SA{place + 1:05d}",
        civility=civility,
        first_name=first_name,
        last_name=last_name,
        phone=f"06 64 14 32 {place + 10}",
        weekly_minutes=weekly_hours * 60,
        user=_account("intervenant", domain) if place == 0 else _address(f"intervenant{place + 1}", domain),
    )


def _gestionnaire(agence: Agence, domain: str) -> Gestionnaire:
    return Gestionnaire.objects.create(
        agence=agence,
        user=_account("gestion", domain),
        first_name="Claire",
        last_name="Morvan",
        may_manage=True,
        may_arbitrate=True,
        may_close=True,
        may_unlock=True,
        may_administer=True,
    )


def _limited(agence: Agence, secteur: Secteur, domain: str) -> Gestionnaire:
    limited = Gestionnaire.objects.create(
        agence=agence,
        user=_address("secteur", domain),
        first_name="Hugo",
        last_name="Le Bris",
        may_manage=True,
        all_secteurs=False,
    )
    GestionnaireSecteur.objects.create(agence=agence, gestionnaire=limited, secteur=secteur)
    return limited


def _contrats(
    agence: Agence, clients: list[Client], prestations: list[Prestation], today: date
) -> dict[tuple[int, int], Contrat]:
    """Give every client two contrats; the last client's are still drafts, so that something waits for one."""
    made: dict[tuple[int, int], Contrat] = {}
    for place, client in enumerate(clients):
        last = place == len(clients) - 1
        for turn in (0, 1):
            prestation = prestations[(place + turn * 2) % len(prestations)]
            state = ContratState.DRAFT if last else ContratState.SIGNED if turn == 0 else ContratState.VALID
            made[client.pk, prestation.pk] = Contrat.objects.create(
                agence=agence,
                number=f"CT{len(made) + 1:05d}",
                client=client,
                prestation=prestation,
                state=state,
                starts_on=today - timedelta(days=300),
                monthly_minutes=20 * 60,
            )
    return made
