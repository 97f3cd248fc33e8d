"""What a mail says, from real acts to its words."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interventions import operations
from interventions.guards import Facts
from interventions.mails import reading
from interventions.mails.rendering import Content, compose
from interventions.models import Fate, Mail, User
from interventions.states import Action, Ground
from tests.factories import NOW, World, a_world, key, local

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


@pytest.fixture
def world() -> World:
    return a_world(name="Agence Rivage")


def _mail_to(user: User | None) -> Mail:
    return Mail.objects.filter(user=user, fate=Fate.QUEUED).latest("pk")


def _content(user: User | None) -> Content:
    mail = _mail_to(user)
    return compose(mail, reading.read(mail, NOW), NOW)


def _plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def _complete(world: World) -> None:
    late = Facts(local(TUESDAY, "09:00"), local(TUESDAY, "10:15"), world.visit(day=MONDAY).planned_km)
    on_monday, on_tuesday = world.visit(day=MONDAY), world.visit(day=TUESDAY)
    changes = [
        operations.Change(Action.COMPLETE, on_monday.pk),
        operations.Change(Action.COMPLETE, on_tuesday.pk, facts=late, comment="Un peu plus long, la douche."),
    ]
    assert not operations.apply(changes, actor=world.as_intervenant, at=NOW, key=key()).refused


def test_the_client_reads_who_when_and_how_it_differs(world: World) -> None:
    _complete(world)
    content = _content(world.client.user)
    assert content.subject == "2 visites à valider, lundi 23 et mardi 24 novembre"
    text = _plain(content.text)
    assert "Bonjour Madame Quéré," in text
    assert "Aïcha L. a déclaré ces visites." in text
    assert "- Lundi 23 novembre" in text
    assert "Prévu : 9 h 00 – 10 h 00" in text
    assert "Fait : 9 h 00 – 10 h 15, 15 minutes de plus" in text
    assert "Aïcha L. : « Un peu plus long, la douche. »" in text
    assert "/lien/votre-lien-personnel/\n" in text
    assert "Le lien vaut jusqu’au" in text
    assert "02 61 91 20 30" in text


def test_a_client_never_reads_the_carers_last_name(world: World) -> None:
    _complete(world)
    content = _content(world.client.user)
    assert "Héritier" not in content.text + content.html + content.subject
    assert "Aïcha L." in content.html


def test_the_proche_reads_whose_visits_they_are(world: World) -> None:
    _complete(world)
    text = _plain(_content(world.proche.user).text)
    assert "Bonjour Anne Quéré," in text
    assert "Chez Mme Yvonne Quéré, avec Aïcha L." in text


def test_the_intervenant_reads_what_the_client_says(world: World) -> None:
    visit = world.visit(day=MONDAY)
    world.act(visit, Action.COMPLETE, world.as_intervenant)
    proposed = Facts(local(MONDAY, "09:00"), local(MONDAY, "09:45"), visit.declared_km)
    motif = world.motif(kind="refus", opens_hours=True)
    outcome = world.act(
        visit, Action.CONTEST, world.as_client, facts=proposed, motif_id=motif.pk, comment="Partie <plus> tôt."
    )
    assert not outcome.refused
    content = _content(world.intervenant.user)
    assert content.subject == "1 visite modifiée par le client, lundi 23 novembre"
    text = _plain(content.text)
    assert "Bonjour Aïcha," in text
    assert "Déclaré : 9 h 00 – 10 h 00" in text
    assert "Selon le client : 9 h 00 – 9 h 45, 15 minutes de moins" in text
    assert f"Motif : {motif.label}" in text
    assert "« Partie <plus> tôt. »" in text
    assert "Partie &lt;plus&gt; tôt." in content.html
    assert "/intervenant/refusees/" in content.html


def test_the_manager_is_asked_to_decide(world: World) -> None:
    visit = world.visit(day=MONDAY)
    world.act(visit, Action.COMPLETE, world.as_intervenant)
    proposed = Facts(local(MONDAY, "09:00"), local(MONDAY, "09:45"), visit.declared_km)
    motif = world.motif(kind="refus", opens_hours=True)
    world.act(visit, Action.CONTEST, world.as_client, facts=proposed, motif_id=motif.pk)
    world.act(visit, Action.REFUSE_CHANGE, world.as_intervenant, comment="J’étais là.")
    content = _content(world.gestionnaire.user)
    text = _plain(content.text)
    assert content.subject == "1 visite à délibérer, lundi 23 novembre"
    assert "Mme Aïcha L’Héritier a refusé la modification demandée par Mme Yvonne Quéré." in text
    assert "« J’étais là. »" in text
    assert "/gestion/deliberations/" in text


def test_the_right_to_object_is_said_only_where_the_portals_are_open(world: World) -> None:
    visit = world.visit(day=MONDAY)
    world.act(visit, Action.COMPLETE, world.as_intervenant)
    world.act(visit, Action.VALIDATE_FOR_CLIENT, world.as_manager, ground=Ground.PHONE)
    assert "pendant 30 jours" in _content(world.client.user).text
    world.agence.module_enabled = False
    world.agence.save()
    assert "pendant 30 jours" not in _content(world.client.user).text


def test_several_roles_are_parts_of_one_mail(world: World) -> None:
    world.proche.user = world.gestionnaire.user
    world.proche.save()
    visit = world.visit(day=MONDAY)
    world.act(visit, Action.CANCEL, world.as_intervenant)
    world.act(visit, Action.DISPUTE_CANCELLATION, world.as_client, comment="Elle est venue.")
    mails = Mail.objects.filter(user=world.gestionnaire.user, batch__entries__action=Action.CANCEL)
    assert mails.count() == 1
    assert "Elle est venue." in _content(world.gestionnaire.user).text


def test_the_html_needs_nothing_from_outside_and_no_stylesheet(world: World) -> None:
    _complete(world)
    html = _content(world.client.user).html
    assert 'class="button" href="' in html or "class=button" in html
    assert "background: #045650" in html
    assert "@media (prefers-color-scheme: dark)" in html
    for outside in ("<img", "<script", "<link", "url("):
        assert outside not in html


def test_days_over_a_month_are_said_by_first_and_last(world: World) -> None:
    changes = [
        operations.Change(Action.COMPLETE, world.visit(day=MONDAY - timedelta(days=back)).pk) for back in range(5)
    ]
    operations.apply(changes, actor=world.as_intervenant, at=NOW, key=key())
    assert _content(world.client.user).subject == "5 visites à valider, du 19 au 23 novembre"


def test_the_statements_do_not_grow_with_the_visits_of_a_mail(world: World) -> None:
    counts = set()
    for size in (1, 12):
        visits = [
            world.visit(day=MONDAY - timedelta(days=back), start=f"{8 + size % 7:02d}:00") for back in range(size)
        ]
        changes = [operations.Change(Action.COMPLETE, visit.pk, comment="Bien.") for visit in visits]
        operations.apply(changes, actor=world.as_intervenant, at=NOW, key=key())
        with CaptureQueriesContext(connection) as seen:
            assert _content(world.client.user).text.count("Bien.") == size
        counts.add(len(seen))
    assert len(counts) == 1
