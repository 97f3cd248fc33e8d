"""Who is of the staff is told by mail when their rights change or end: what, by whom, whom to ask; and when."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.utils import timezone

from interventions.models import Fate, Gestionnaire, Mail, MailKind, MailPreference, Rhythm
from tests import factories
from tests.factories import World
from tests.portals.manager.conftest import Desk, words
from tests.portals.manager.test_staff import typed, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(world: World) -> Gestionnaire:
    return factories.a_gestionnaire(world.agence, last_name="Abel", first_name="Ida")


def told(member: Gestionnaire) -> list[Mail]:
    return list(Mail.objects.filter(user=member.user).order_by("pk"))


def test_a_change_of_rights_says_what_was_given_and_taken_by_whom(
    desk: Desk, world: World, other: Gestionnaire
) -> None:
    secteur = factories.a_secteur(world.agence, name="Presqu’île")
    sent = typed(other, may_administer=None, may_close=None, scope="certains", secteurs=[secteur.pk])
    desk.post(url(other, "droits/"), **sent)
    [mail] = told(other)
    assert (mail.kind, mail.subject) == (
        MailKind.ACCESS,
        f"Vos droits à la gestion de {world.agence.name} changent",
    )
    for said in (
        "Bonjour Ida Abel",
        "Claire Morvan a changé vos droits",
        "Retiré\u00a0: clôture, administration",
        "Secteurs\u00a0: Presqu’île",
        "Adressez-vous à Claire Morvan.",
        world.agence.phone,
    ):
        assert said in mail.text, said
    assert "Ajouté" not in mail.text
    desk.post(url(other, "droits/"), **(sent | {"may_close": "on"}))
    assert "Ajouté\u00a0: clôture" in told(other)[1].text
    assert "Secteurs" not in told(other)[1].text


def test_leaving_is_told_and_a_new_name_or_ones_own_press_is_not(
    desk: Desk, world: World, other: Gestionnaire
) -> None:
    desk.post(url(other, "droits/"), **typed(other, first_name="Idalie"))
    assert told(other) == []
    desk.post(url(other, "depart/"))
    [mail] = told(other)
    assert mail.subject == f"Votre accès à la gestion de {world.agence.name} est fermé"
    assert "Claire Morvan a mis fin à votre accès" in mail.text
    assert "/compte/connexion/" not in mail.text
    factories.a_gestionnaire(world.agence)
    desk.post(url(world.gestionnaire, "droits/"), **typed(world.gestionnaire, may_close=None))
    assert told(world.gestionnaire) == []


def test_it_waits_for_the_end_of_quiet_hours_but_for_no_digest(desk: Desk, world: World, other: Gestionnaire) -> None:
    quiet = {"quiet_from": time(11), "quiet_until": time(14)}
    MailPreference.objects.create(agence=world.agence, user=other.user, rhythm=Rhythm.WEEK, weekday=0, **quiet)
    desk.post(url(other, "droits/"), **typed(other, may_close=None))
    desk.post(url(other, "depart/"))
    assert [timezone.localtime(mail.due_at, world.agence.zone).time() for mail in told(other)] == [time(14)] * 2
    assert {mail.due_at - factories.NOW < timedelta(days=1) for mail in told(other)} == {True}


def test_one_that_came_back_is_sent_again_as_it_was_and_a_code_never(
    desk: Desk, world: World, other: Gestionnaire
) -> None:
    desk.post(url(other, "depart/"))
    [mail] = told(other)
    Mail.objects.filter(pk=mail.pk).update(fate=Fate.BOUNCED)
    assert "Renvoyer" in words(desk.get(f"envois/{mail.public_id}/"))
    for _press in range(2):
        assert desk.post(f"envois/{mail.public_id}/renvoi/").status_code == 303
    [_first, again] = told(other)
    assert (again.resends, again.kind, again.text, again.html) == (mail, mail.kind, mail.text, mail.html)
    for kind in (MailKind.SIGN_IN, MailKind.TRIAL):
        Mail.objects.filter(pk=again.pk).update(fate=Fate.BOUNCED, kind=kind)
        assert desk.post(f"envois/{again.public_id}/renvoi/").status_code == 404


def test_the_outbox_is_searched_by_name_and_subject_too(desk: Desk, world: World) -> None:
    other = factories.a_gestionnaire(world.agence)
    client = factories.a_client(world.agence, last_name="Zéphyr", first_name="Rose")
    for user, subject in ((client.user_id or 0, "2 visites"), (other.user_id, "Votre accès")):
        Mail.objects.create(
            agence=world.agence, user_id=user, to="x@personnes.example", subject=subject, message_id=subject,
            created_at=factories.NOW, due_at=factories.NOW,
        )  # fmt: skip
    found = {
        typed: [mail.subject for mail in desk.get(f"envois/?q={typed}").context["cut"].rows]
        for typed in ("zephyr", "accès", "x@", "rien")
    }
    assert found == {"zephyr": ["2 visites"], "accès": ["Votre accès"], "x@": ["Votre accès", "2 visites"], "rien": []}
