"""Clients and intervenants: entered, changed, put away with what they leave behind, taken back; who may not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from interventions import operations
from interventions.models import Client, Intervenant, JournalText, RegistryEntry, RegistryValues, Series, User
from interventions.registry import recording
from interventions.states import Action
from tests import factories
from tests.factories import NOW, World
from tests.interventions import acts
from tests.portals.manager.conftest import Desk, desk_of, words

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
TOMORROW = TODAY + timedelta(days=1)

NEW_CLIENT: dict[str, Any] = {
    "civility": "Mme",
    "last_name": "Élan",
    "first_name": "Rose",
    "number": "CL-9",
    "address": "3 rue Haute",
    "postal_code": "44500",
    "city": "La Baule",
    "access_code": "77A",
    "phone": "02 40 00 00 00",
    "email": "Rose.Elan@personnes.example",
    "gets_mails": "on",
}
NEW_INTERVENANT: dict[str, Any] = {
    "civility": "M.",
    "last_name": "Élan",
    "first_name": "Rémi",
    "number": "SA-9",
    "phone": "06 00 00 00 00",
    "email": "remi.elan@personnes.example",
    "weekly_minutes": "24,5",
}
BOTH = [("client", Client, NEW_CLIENT), ("intervenant", Intervenant, NEW_INTERVENANT)]


def typed(person: Any, **changed: Any) -> dict[str, Any]:
    """Return what the form of a person sends as they are, with some of it changed; None leaves a box empty."""
    names = NEW_CLIENT if isinstance(person, Client) else NEW_INTERVENANT
    fields = {name: getattr(person, name) for name in names if hasattr(person, name)}
    fields["email"] = person.user.email if person.user else ""
    if isinstance(person, Client):
        fields |= {"secteur": person.secteur_id or "", "gets_mails": "on" if person.gets_mails else None}
    else:
        fields["weekly_minutes"] = f"{person.weekly_minutes // 60}"
    return {name: value for name, value in (fields | changed).items() if value is not None}


def url(person: Any, what: str = "") -> str:
    """Return the address of a fiche, or of what can be done with it."""
    return f"{'clients' if isinstance(person, Client) else 'intervenants'}/{person.public_id}/{what}"


def mark(desk: Desk, person: Any) -> str:
    """Return the mark of the visits that the page of the archive shows."""
    return str(desk.get(url(person, "archivage/")).text.partition('name="seen" value="')[2].partition('"')[0])


def put_away(desk: Desk, person: Any, **entered: Any) -> Any:
    """Press «Archiver la fiche» as shown."""
    return desk.post(url(person, "archivage/"), **({"seen": mark(desk, person)} | entered))


def steps(person: Any) -> list[tuple[str, list[str]]]:
    """Return the record of a person: what was done, to which columns."""
    found = RegistryEntry.objects.filter(kind=recording.kind_of(person), row_id=person.pk).order_by("pk")
    return [(one.step, one.fields) for one in found]


def signed_in(user: User) -> Browser:
    """Return a browser in which a person has signed in at the door."""
    user.set_password("contreseing-demo")
    user.save()
    browser = Browser()
    answer = browser.post("/compte/connexion/", {"login": user.email, "password": "contreseing-demo"})
    assert answer.status_code == 302
    return browser


@pytest.mark.parametrize(("noun", "model", "entered"), BOTH)
def test_a_person_is_entered_and_found(
    desk: Desk, world: World, noun: str, model: Any, entered: dict[str, Any]
) -> None:
    answer = desk.post(f"{noun}s/nouveau/", **entered)
    made = model.objects.get(number=entered["number"])
    assert (answer.status_code, answer["Location"]) == (303, f"/gestion/{url(made)}")
    assert made.agence_id == world.agence.pk
    assert made.user.email == entered["email"].lower()
    assert not made.user.has_usable_password()
    assert (getattr(made, "weekly_minutes", 1470), getattr(made, "gets_mails", True)) == (1470, True)
    assert "Élan Ro" in desk.get(f"{noun}s/?q=elan").text or "Élan Ré" in desk.get(f"{noun}s/?q=ELAN").text
    sheet = words(desk.get(url(made)))
    assert entered["phone"] in sheet
    assert "Création. " in sheet
    taken = desk.post(f"{noun}s/nouveau/", **(entered | {"last_name": "Autre"}))
    assert taken.status_code == 422
    assert "Déjà pris dans votre agence" in words(taken)
    assert 'value="Autre"' in taken.text
    assert model.objects.filter(last_name="Autre").count() == 0


@pytest.mark.parametrize(("noun", "model", "entered"), BOTH)
def test_what_is_missing_is_said_beside_its_field(desk: Desk, noun: str, model: Any, entered: dict[str, Any]) -> None:
    empty = desk.post(f"{noun}s/nouveau/", email="rose@", first_name="Rose")
    said = words(empty)
    assert empty.status_code == 422
    for sentence in ("Indiquez le nom.", "Indiquez le ", "Cette adresse n’est pas complète."):
        assert sentence in said
    assert 'value="rose@"' in empty.text
    assert not model.objects.filter(first_name="Rose").exists()


def test_a_change_keeps_the_persons_values_apart_and_they_can_be_erased(desk: Desk, world: World) -> None:
    client = world.client
    assert desk.post(url(client, "modification/"), **typed(client, phone="02 99", city="Nantes")).status_code == 303
    assert steps(client) == [("changed", ["phone", "city"])] or steps(client) == [("changed", ["city", "phone"])]
    entry = RegistryEntry.objects.get()
    assert (entry.before, entry.after) == ({}, {})
    kept = entry.kept_apart
    assert kept.before == {"phone": "06 21 78 98 91", "city": "Le Pouliguen"}
    assert kept.after == {"phone": "02 99", "city": "Nantes"}
    assert bytes(entry.values_hash) == recording.values_hash(kept)
    assert "Téléphone : de « 06 21 78 98 91 » à « 02 99 »" in words(desk.get(url(client)))
    RegistryValues.objects.all().delete()
    sheet = words(desk.get(url(client)))
    assert "06 21 78 98 91" not in sheet
    assert "Ce qui s’y trouvait est effacé" in sheet


def test_nothing_of_a_person_stands_in_the_record_that_is_never_changed(desk: Desk, world: World) -> None:
    secteur = factories.a_secteur(world.agence)
    both: list[tuple[str, Any, dict[str, Any]]] = [*BOTH]
    for noun, model, entered in both:
        extra = {"secteur": secteur.pk} if noun == "client" else {}
        desk.post(f"{noun}s/nouveau/", **(entered | extra))
        made = model.objects.get(number=entered["number"])
        desk.post(url(made, "modification/"), **typed(made, last_name="Orme", email="orme@personnes.example"))
        put_away(desk, made)
    said = " ".join(str((one.before, one.after)) for one in RegistryEntry.objects.all())
    assert said.count("archived_at") > 0
    for value in ("Élan", "Rose", "Orme", "@", "rue", "06 00", "CL-9", "77A"):
        assert value not in said


def test_another_address_ends_sessions_and_links_of_the_former(
    desk: Desk, world: World, django_capture_on_commit_callbacks: Any
) -> None:
    client = world.client
    former = client.user
    assert former is not None
    browser = signed_in(former)
    assert browser.get("/client/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        same = desk.post(url(client, "modification/"), **typed(client, phone="02"))
    assert same.status_code == 303
    assert browser.get("/client/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(url(client, "modification/"), **typed(client, email="neuve@personnes.example"))
    client.refresh_from_db()
    assert client.user is not None
    assert client.user.email == "neuve@personnes.example"
    assert browser.get("/client/").status_code == 302
    assert "de « " + former.email + " » à « neuve@personnes.example »" in words(desk.get(url(client)))
    desk.post(url(client, "modification/"), **typed(client, email=""))
    client.refresh_from_db()
    assert client.user is None


def test_an_intervenant_leaves_visits_that_somebody_takes_over(desk: Desk, world: World) -> None:
    taker = factories.an_intervenant(world.agence, last_name="Relève")
    series = factories.a_series(world)
    late, coming = world.visit(), world.visit(day=TOMORROW)
    waits = acts.done(world, start="15:00")
    gone = world.visit(day=TOMORROW, start="18:00")
    world.act(gone, Action.CANCEL, world.as_manager, motif_id=world.motif().pk)
    page = desk.get(url(world.intervenant, "archivage/"))
    shown = [str(visit.public_id) in page.text for visit in (late, coming, waits, gone)]
    assert shown == [True, True, True, False]
    for heading in ("1 visite à venir", "1 visite passée que personne n’a déclarée", "1 visite déclarée qui attend"):
        assert heading in words(page)
    for missing, said in (
        ({}, "Choisissez ce que deviennent les visites à venir."),
        ({"fate": "give", "past": "keep", "why": "Départ"}, "Choisissez à qui confier ces visites."),
        ({"fate": "give", "past": "keep", "intervenant": taker.pk}, "Écrivez pourquoi."),
        ({"fate": "cancel", "past": "keep", "why": "Départ"}, "Choisissez le motif de l’annulation."),
    ):
        refused = put_away(desk, world.intervenant, **missing)
        assert (refused.status_code, said in words(refused)) == (422, True), said
    world.intervenant.refresh_from_db()
    assert world.intervenant.archived_at is None
    done = put_away(desk, world.intervenant, fate="give", past="keep", intervenant=taker.pk, why="Départ le 24.")
    assert done.status_code == 303
    world.intervenant.refresh_from_db()
    assert world.intervenant.archived_at == NOW
    for visit in (late, coming, waits):
        visit.refresh_from_db()
    assert (late.intervenant_id, late.status) == (world.intervenant.pk, "planned")
    assert (coming.intervenant_id, coming.status) == (taker.pk, "planned")
    assert (waits.intervenant_id, waits.status) == (world.intervenant.pk, "done")
    assert JournalText.objects.get(entry__intervention=coming, entry__action="move").reason == "Départ le 24."
    series.refresh_from_db()
    assert series.intervenant_id == taker.pk
    assert steps(world.intervenant) == [("archived", [])]
    assert "Mme Aïcha L’Héritier est aux archives." in words(desk.get(""))
    assert "L’Héritier" not in desk.get("intervenants/").text
    assert "L’Héritier" in desk.get("intervenants/?etat=archives").text
    assert "L’Héritier" in desk.get(f"interventions/{waits.public_id}/").text


def test_hours_that_are_odd_for_whoever_takes_over_are_pointed_out_first(desk: Desk, world: World) -> None:
    taker = factories.an_intervenant(world.agence, last_name="Relève")
    coming = world.visit(day=TOMORROW)
    other = factories.a_client(world.agence, last_name="Zola")
    contrat = factories.a_contrat(other, world.prestation)
    world.visit(day=TOMORROW, client_id=other.pk, contrat_id=contrat.pk, intervenant_id=taker.pk)
    entered = {"fate": "give", "intervenant": taker.pk, "why": "Départ"}
    asks = put_away(desk, world.intervenant, **entered)
    assert asks.status_code == 422
    assert "Au même moment : Mme Zola et Aïcha R." in words(asks)
    assert put_away(desk, world.intervenant, **entered, reason="Elle s’arrange").status_code == 303
    coming.refresh_from_db()
    assert coming.intervenant_id == taker.pk
    assert JournalText.objects.get(entry__intervention=coming, entry__action="move").reason == "Départ\nElle s’arrange"


def test_each_clients_visits_may_go_to_somebody_of_their_own(desk: Desk, world: World) -> None:
    takers = [factories.an_intervenant(world.agence, last_name=name) for name in ("Relève", "Autre")]
    other = factories.a_client(world.agence, last_name="Zola")
    contrat = factories.a_contrat(other, world.prestation)
    visits = [
        world.visit(day=TOMORROW),
        world.visit(day=TOMORROW, start="11:00", client_id=other.pk, contrat_id=contrat.pk),
    ]
    series = [factories.a_series(world), factories.a_series(world, client=other, contrat=contrat)]
    name = f"{other.public_id.hex}-intervenant"
    assert f'name="{name}"' in desk.get(url(world.intervenant, "archivage/")).text
    entered = {"fate": "give", "intervenant": takers[0].pk, "why": "Départ", name: takers[1].pk}
    assert put_away(desk, world.intervenant, **(entered | {name: world.intervenant.pk})).status_code == 422
    assert put_away(desk, world.intervenant, **entered).status_code == 303
    for row in (*visits, *series):
        row.refresh_from_db()
    assert [row.intervenant_id for row in visits] == [one.pk for one in takers]
    assert [row.intervenant_id for row in series] == [one.pk for one in takers]


@pytest.mark.parametrize(("fate", "becomes"), [("unassign", "draft"), ("cancel", "cancelled")])
def test_an_intervenants_visits_wait_or_are_cancelled(desk: Desk, world: World, fate: str, becomes: str) -> None:
    series, late, coming = factories.a_series(world), world.visit(), world.visit(day=TOMORROW)
    entered = {"fate": fate, "past": "cancel", "motif": world.motif().pk, "why": "Départ"}
    assert put_away(desk, world.intervenant, **entered).status_code == 303
    for row in (series, late, coming):
        row.refresh_from_db()
    assert (coming.status, late.status, series.intervenant_id) == (becomes, "cancelled", None)
    assert series.ends_on is None


def test_all_of_it_or_nothing(desk: Desk, world: World) -> None:
    late, coming = world.visit(day=date(2026, 10, 20)), world.visit(day=TOMORROW)
    entered: dict[str, Any] = {"fate": "unassign", "past": "cancel", "motif": world.motif().pk, "why": "Départ"}
    shown = mark(desk, world.intervenant)
    extra = world.visit(day=TOMORROW, start="18:00")
    moved = desk.post(url(world.intervenant, "archivage/"), seen=shown, **entered)
    assert moved.status_code == 422
    assert "Ces visites ont changé" in words(moved)
    operations.close_month(world.as_manager, date(2026, 10, 1), NOW)
    refused = put_away(desk, world.intervenant, **entered)
    assert refused.status_code == 422
    for row in (late, coming, extra, world.intervenant):
        row.refresh_from_db()
    assert (late.status, coming.status, extra.status) == ("planned", "planned", "planned")
    assert world.intervenant.archived_at is None
    assert not RegistryEntry.objects.exists()
    assert put_away(desk, world.intervenant, **(entered | {"past": "keep"})).status_code == 303


def test_the_same_press_again_does_nothing(desk: Desk, world: World) -> None:
    coming = world.visit(day=TOMORROW)
    entered: dict[str, Any] = {
        "seen": mark(desk, world.client),
        "motif": world.motif().pk,
        "why": "Décès",
        "key": factories.key(),
    }
    for _ in range(2):
        assert desk.post(url(world.client, "archivage/"), **entered).status_code == 303
    coming.refresh_from_db()
    assert coming.status == "cancelled"
    assert steps(world.client) == [("archived", [])]


def test_a_clients_visits_to_come_are_cancelled_and_their_series_end(
    desk: Desk, world: World, django_capture_on_commit_callbacks: Any
) -> None:
    begun = factories.a_series(world, starts_on=date(2026, 11, 2))
    coming, waits = world.visit(day=TOMORROW), acts.done(world)
    user, proche = world.client.user, world.proche.user
    assert user is not None
    browsers = [signed_in(user), signed_in(proche)]
    with django_capture_on_commit_callbacks(execute=True):
        done = put_away(desk, world.client, motif=world.motif().pk, why="Entrée en établissement")
    assert done.status_code == 303
    for row in (begun, coming, waits, world.client):
        row.refresh_from_db()
    assert (coming.status, waits.status, begun.ends_on) == ("cancelled", "done", TODAY - timedelta(days=1))
    assert [browser.get("/client/").status_code for browser in browsers] == [302, 302]
    assert str(world.client.public_id) not in desk.get("planning/nouvelle-visite/").text
    sheet = words(desk.get(url(world.client)))
    assert "Cette fiche est aux archives" in sheet
    assert f"clients/{world.client.public_id}/interventions/nouvelle/" not in desk.get(url(world.client)).text
    assert desk.post(url(world.client, "reprise/")).status_code == 303
    world.client.refresh_from_db()
    assert (world.client.archived_at, [step for step, _fields in steps(world.client)]) == (
        None,
        ["archived", "restored"],
    )
    coming.refresh_from_db()
    assert coming.status == "cancelled"


def test_who_has_nothing_left_is_put_away_at_once(desk: Desk, world: World) -> None:
    assert "Aucune visite n’est à venir" in words(desk.get(url(world.intervenant, "archivage/")))
    assert put_away(desk, world.intervenant).status_code == 303
    assert not Series.objects.exists()


@pytest.mark.parametrize("what", ["client", "intervenant"])
def test_who_only_reads_changes_nothing(world: World, what: str) -> None:
    person, reader = getattr(world, what), desk_of(factories.a_gestionnaire(world.agence, may_manage=False))
    sheet = reader.get(url(person))
    assert sheet.status_code == 200
    for pressed in ("Modifier la fiche", "Archiver la fiche", "nouveau/"):
        assert pressed not in sheet.text
        assert pressed not in reader.get(f"{what}s/").text
    assert reader.get(f"{what}s/nouveau/").status_code == 403
    assert reader.post(f"{what}s/nouveau/", **(NEW_CLIENT if what == "client" else NEW_INTERVENANT)).status_code == 403
    assert reader.post(url(person, "modification/"), **typed(person, last_name="X")).status_code == 403
    assert reader.post(url(person, "archivage/"), seen="").status_code == 403
    assert reader.post(url(person, "reprise/")).status_code == 403
    assert not RegistryEntry.objects.exists()


def test_who_is_limited_to_secteurs_enters_and_sees_clients_of_theirs_only(world: World) -> None:
    mine, other = factories.a_secteur(world.agence, name="Côte"), factories.a_secteur(world.agence, name="Ville")
    desk = desk_of(factories.a_gestionnaire(world.agence, secteurs=[mine]))
    form = desk.get("clients/nouveau/").text
    assert (f'value="{mine.pk}"' in form, f'value="{other.pk}"' in form) == (True, False)
    none = desk.post("clients/nouveau/", **NEW_CLIENT)
    assert (none.status_code, "Choisissez un de vos secteurs." in words(none)) == (422, True)
    assert desk.post("clients/nouveau/", **NEW_CLIENT, secteur=other.pk).status_code == 422
    assert desk.post("clients/nouveau/", **NEW_CLIENT, secteur=mine.pk).status_code == 303
    made = Client.objects.get(number="CL-9")
    assert desk.post(url(made, "modification/"), **typed(made, secteur=other.pk)).status_code == 422
    assert desk.post(url(world.client, "modification/"), **typed(world.client, secteur=mine.pk)).status_code == 404
    assert desk.get(url(world.client, "archivage/")).status_code == 404


def test_an_intervenant_with_visits_in_other_secteurs_is_not_put_away_by_half(world: World) -> None:
    mine = factories.a_secteur(world.agence)
    desk = desk_of(factories.a_gestionnaire(world.agence, secteurs=[mine]))
    coming = world.visit(day=TOMORROW)
    page = desk.get(url(world.intervenant, "archivage/"))
    assert "Des visites se trouvent dans des secteurs que vous ne voyez pas" in words(page)
    assert str(coming.public_id) not in page.text
    entered: dict[str, Any] = {"seen": "", "fate": "unassign", "why": "Départ"}
    assert desk.post(url(world.intervenant, "archivage/"), **entered).status_code == 422
    Client.objects.filter(pk=world.client.pk).update(secteur=mine)
    assert put_away(desk, world.intervenant, fate="unassign", why="Départ").status_code == 303
    coming.refresh_from_db()
    assert coming.status == "draft"
