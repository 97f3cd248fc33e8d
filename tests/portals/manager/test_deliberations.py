"""À délibérer: the queue, the page of one decision, and what each choice does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from interventions.guards import Facts, Guard
from interventions.models import Agence, Deliberation, GroundsTemplate, Intervention, RegistryEntry
from interventions.states import Action, Choice, Ground, Status
from tests import factories
from tests.factories import World
from tests.portals.manager.conftest import Desk, desk_of, words

pytestmark = pytest.mark.django_db
FOUR_EYES: dict[str, Any] = {"double-regard": "oui"}


def disputed(world: World, start: str = "09:00", **fields: Any) -> Intervention:
    """Return a visit whose end the client has contested (45 min instead of 60) and the intervenant maintained."""
    visit = world.visit(start=start, **fields)
    world.act(visit, Action.COMPLETE, world.as_intervenant, comment="Rangé la cuisine.")
    shorter = Facts(visit.retained_start, visit.retained_end - timedelta(minutes=15), visit.retained_km)
    motif = world.motif("départ", kind="refus")
    world.act(visit, Action.CONTEST, world.as_client, facts=shorter, motif_id=motif.pk, comment="Partie plus tôt.")
    world.act(visit, Action.REFUSE_CHANGE, world.as_intervenant, comment="J’ai rendu la clé à 10 h.")
    assert visit.status == Status.ARBITRATION
    return visit


def decide(desk: Desk, visit: Intervention, **typed: Any) -> Any:
    return desk.post(f"interventions/{visit.public_id}/deliberation/", visit, **typed)


def test_the_page_shows_both_sides(desk: Desk, world: World) -> None:
    visit = disputed(world)
    page = words(desk.get(f"interventions/{visit.public_id}/deliberation/"))
    for said in (
        "Prévu 9 h 00 – 10 h 00",
        "Déclaré par Aïcha 9 h 00 – 10 h 00",
        "Selon Mme Quéré 9 h 00 – 9 h 45",
        "−15 min sur le déclaré",
        "Rangé la cuisine. L’intervenant",
        "J’ai rendu la clé à 10 h. L’intervenant",
        "Partie plus tôt. Le client ou un proche",
        "Celle de l’intervenant : 9 h 00 – 10 h 00. 1 h et 2,4 km comptés.",
        "Celle du client : 9 h 00 – 9 h 45. 45 min et 2,4 km comptés.",
        "1 sur 1",
    ):
        assert said in page


def test_the_intervenants_version(desk: Desk, world: World) -> None:
    visit = disputed(world)
    assert decide(desk, visit, choice=Choice.INTERVENANT.value, reason="La voisine confirme.").status_code == 303
    visit.refresh_from_db()
    assert (visit.status, visit.retained) == (Status.VALIDATED, visit.declared)
    assert Deliberation.objects.get(intervention=visit).grounds == "La voisine confirme."
    window = words(desk.get(f"interventions/{visit.public_id}/"))
    assert "Délibération : visite validée" in window
    assert "La voisine confirme." in window


def test_the_clients_version(desk: Desk, world: World) -> None:
    visit = disputed(world)
    decide(desk, visit, choice=Choice.CLIENT.value, reason="Le carnet le dit.")
    visit.refresh_from_db()
    assert visit.status == Status.VALIDATED
    assert visit.retained_end - visit.retained_start == timedelta(minutes=45)


def test_a_third_version(desk: Desk, world: World) -> None:
    visit = disputed(world)
    answer = decide(desk, visit, choice=Choice.THIRD.value, start="09:00", end="09:50", km="3", reason="Moitié.")
    assert answer.status_code == 303
    visit.refresh_from_db()
    assert visit.retained_end - visit.retained_start == timedelta(minutes=50)
    assert str(visit.retained_km) == "3.0"


def test_a_cancelled_visit_needs_a_motif(desk: Desk, world: World) -> None:
    visit = disputed(world)
    refused = decide(desk, visit, choice="cancelled", reason="Personne n’y était.")
    assert refused.status_code == 422
    assert "Choisissez un motif." in words(refused)
    assert "Personne n’y était." in words(refused)
    motif = world.motif("pas eu lieu")
    assert decide(desk, visit, choice="cancelled", motif=motif.pk, reason="Personne n’y était.").status_code == 303
    visit.refresh_from_db()
    assert (visit.status, visit.motif) == (Status.CANCELLED, motif)


def test_grounds_are_required(desk: Desk, world: World) -> None:
    visit = disputed(world)
    refused = decide(desk, visit, choice=Choice.CLIENT.value, reason=" ")
    assert refused.status_code == 422
    assert "une délibération sans motivation n’est pas enregistrée" in words(refused)


def test_a_third_version_needs_its_hours(desk: Desk, world: World) -> None:
    visit = disputed(world)
    refused = decide(desk, visit, choice=Choice.THIRD.value, start="", end="", reason="Moitié.")
    assert refused.status_code == 422
    assert words(refused).count("Saisissez l’heure de cette version.") >= 2


def test_only_versions_that_exist_are_offered(desk: Desk, world: World) -> None:
    visit = world.visit()
    world.act(visit, Action.CANCEL, world.as_manager, motif_id=world.motif("pas eu lieu").pk)
    world.act(visit, Action.DISPUTE_CANCELLATION, world.as_intervenant, comment="J’y étais.")
    assert visit.status == Status.ARBITRATION
    page = desk.get(f"interventions/{visit.public_id}/deliberation/").text
    offered = [value for value in ("intervenant", "client", "third", "cancelled") if f'value="{value}"' in page]
    assert offered == ["third", "cancelled"]


def test_the_next_one_comes_at_once_and_the_list_is_by_age(desk: Desk, world: World) -> None:
    older, newer = disputed(world), disputed(world, start="14:00")
    Intervention.objects.filter(pk=older.pk).update(last_at=world.now - timedelta(days=3))
    text = desk.get("deliberations/").text
    assert text.index(str(older.public_id)) < text.index(str(newer.public_id))
    answer = decide(desk, older, choice=Choice.CLIENT.value, reason="Le carnet.")
    assert answer.url == f"/gestion/interventions/{newer.public_id}/deliberation/"
    answer = decide(desk, newer, choice=Choice.CLIENT.value, reason="Le carnet.")
    assert answer.url == "/gestion/deliberations/"
    assert "Rien à délibérer" in words(desk.get("deliberations/"))


def test_without_the_right_it_is_read(world: World) -> None:
    visit = disputed(world)
    reader = desk_of(factories.a_gestionnaire(world.agence, may_arbitrate=False, last_name="Lecture"))
    page = reader.get(f"interventions/{visit.public_id}/deliberation/")
    assert str(Guard.MAY_ARBITRATE.label) in words(page)
    assert "Votre délibération" not in words(page)
    assert "décider demande le droit de délibération" in words(reader.get("deliberations/"))
    refused = decide(reader, visit, choice=Choice.CLIENT.value, reason="Le carnet.")
    assert refused.status_code == 422
    visit.refresh_from_db()
    assert visit.status == Status.ARBITRATION


def test_a_stale_decision_is_refused_and_kept(desk: Desk, world: World) -> None:
    visit = disputed(world)
    visit.version -= 1
    refused = decide(desk, visit, choice=Choice.CLIENT.value, reason="Le carnet.")
    assert refused.status_code == 422
    assert str(Guard.STALE.label) in words(refused)
    assert "Le carnet." in words(refused)


def test_four_eyes_are_said_with_what_this_person_did(desk: Desk, world: World) -> None:
    Agence.objects.filter(pk=world.agence.pk).update(four_eyes=True)
    visit = world.visit()
    world.act(visit, Action.COMPLETE, world.as_intervenant)
    shorter = Facts(visit.retained_start, visit.retained_end - timedelta(minutes=15), visit.retained_km)
    motif = world.motif("départ", kind="refus")
    world.act(visit, Action.CONTEST, world.as_manager, facts=shorter, motif_id=motif.pk, ground=Ground.PHONE)
    world.act(visit, Action.REFUSE_CHANGE, world.as_intervenant)
    page = words(desk.get(f"interventions/{visit.public_id}/deliberation/"))
    assert str(Guard.FOUR_EYES.label).replace("\u00a0", " ") in page
    assert "Ici, vous avez contesté cette visite au nom du client." in page
    assert "Votre délibération" not in page
    assert decide(desk, visit, choice=Choice.CLIENT.value, reason="Le carnet.").status_code == 422
    colleague = desk_of(factories.a_gestionnaire(world.agence))
    assert decide(colleague, visit, choice=Choice.CLIENT.value, reason="Le carnet.").status_code == 303


def test_earlier_disputes_of_the_same_two(desk: Desk, world: World) -> None:
    first, agreed = disputed(world), world.visit(start="12:00")
    decide(desk, first, choice=Choice.CLIENT.value, reason="La voisine l’a vue partir.")
    page = desk.get(f"interventions/{disputed(world, start='14:00').public_id}/deliberation/")
    assert "Leurs désaccords précédents" in words(page)
    assert "Version retenue : Celle du client. La voisine l’a vue partir." in words(page)
    before = page.text.partition('id="avant"')[2].partition("</section>")[0]
    assert str(first.public_id) in before
    assert str(agreed.public_id) not in before


def test_motivations_types_are_offered(desk: Desk, world: World) -> None:
    GroundsTemplate.objects.create(agence=world.agence, name="Badge", text="Le badge le dit.")
    away = GroundsTemplate.objects.create(
        agence=world.agence, name="Vieux", text="Selon l’usage.", archived_at=world.now
    )
    foreign = GroundsTemplate.objects.create(agence=factories.an_agence(), name="Ailleurs", text="Chez eux.")
    page = desk.get(f"interventions/{disputed(world).public_id}/deliberation/").text
    assert 'data-insert="Le badge le dit." data-into="id_reason"' in page
    assert away.text not in page
    assert foreign.text not in page


def test_four_eyes_are_asked_for_by_who_administers(desk: Desk, world: World) -> None:
    others = desk_of(factories.a_gestionnaire(world.agence, may_administer=False))
    assert others.post("deliberations/double-regard/", None, **FOUR_EYES).status_code == 403
    assert "Le demander" not in words(others.get("deliberations/"))
    for asked in ("oui", "non"):
        desk.post("deliberations/double-regard/", None, **(FOUR_EYES | {"double-regard": asked}))
        assert Agence.objects.get(pk=world.agence.pk).four_eyes is (asked == "oui")
    kept = RegistryEntry.objects.filter(kind="agence", row_id=world.agence.pk).order_by("pk")
    assert [one.after for one in kept] == [{"four_eyes": True}, {"four_eyes": False}]
