"""Invitations: who would be invited, who not and why; once each, by day, with what they are by then."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from interventions import inviting, resends
from interventions.inviting import Group
from interventions.mails import leaving
from interventions.models import Client, Fate, Intervenant, Invitation, Mail, MailKind, MailPreference, Rhythm, User
from interventions.registry.staff import RIGHT_COLUMNS
from tests import factories
from tests.factories import World
from tests.portals.manager.conftest import Desk, desk_of, words
from tests.portals.manager.test_statements import cost

pytestmark = pytest.mark.django_db
EVERYBODY = [str(group) for group in Group]


def invited() -> list[str]:
    return sorted(Mail.objects.filter(kind=MailKind.INVITATION).values_list("to", flat=True))


def counted(desk: Desk) -> dict[str, list[int]]:
    rows = desk.get("invitations/").context["rows"]
    return {str(row.group): [cell.count for cell in row.cells] for row in rows}


def leaves(mail: Mail) -> Mail:
    """Let a mail be written, as when its time has come."""
    Mail.objects.exclude(pk=mail.pk).update(fate=Fate.DROPPED)
    claimed = leaving.claim(mail.agence, mail.due_at)
    assert claimed is not None
    return claimed


def test_who_is_invited_who_is_not_and_why(desk: Desk, world: World) -> None:
    agence = world.agence
    factories.a_client(agence, user=None, last_name="Sans", first_name="Adresse")
    factories.a_client(agence, gets_mails=False)
    factories.a_client(agence, archived_at=factories.NOW)
    refusing: Any = factories.an_intervenant(agence)
    bouncing: Any = factories.an_intervenant(agence)
    MailPreference.objects.create(agence=agence, user_id=refusing.user_id, rhythm=Rhythm.NONE)
    MailPreference.objects.create(agence=agence, user_id=bouncing.user_id, refused_address=bouncing.user.email)
    member, gone = factories.a_gestionnaire(agence), factories.a_gestionnaire(agence, ended_at=factories.NOW)
    User.objects.filter(pk=factories.a_gestionnaire(agence).user_id).update(last_login=factories.NOW)
    assert counted(desk) == {"intervenants": [1, 0, 0, 2], "clients": [1, 0, 1, 1], "gestionnaires": [1, 1, 0, 0]}
    page = words(desk.get("invitations/"))
    assert "Clients : sans adresse e-mail" in page
    assert "Sans Adresse —" in page
    answer = desk.post("invitations/", qui=EVERYBODY)
    assert (answer.status_code, answer["Location"]) == (303, "/gestion/invitations/")
    assert "3 invitations partent par mail." in words(desk.get("invitations/"))
    assert invited() == sorted([world.intervenant.user.email, world.client.user.email, member.user.email])
    assert gone.user.email not in invited()
    assert Invitation.objects.filter(actor_id_kept=world.gestionnaire.user_id).count() == 3


def test_nobody_is_invited_twice_and_a_new_address_is(desk: Desk, world: World) -> None:
    shared = world.client.user
    factories.a_client(world.agence, user=shared, last_name="Aveline")
    for _press in range(2):
        desk.post("invitations/", qui=["clients"])
    assert invited() == [shared.email]
    assert "Tout le monde était déjà invité" in words(desk.get("invitations/"))
    Client.objects.filter(pk=world.client.pk).update(user=factories.a_user("autre@personnes.example"))
    desk.post("invitations/", qui=["clients"])
    assert "autre@personnes.example" in invited()
    member = factories.a_gestionnaire(world.agence)
    inviting.note(world.as_manager, member.user_id, factories.NOW)
    desk.post("invitations/", qui=["gestionnaires"])
    assert member.user.email not in invited(), "told by the mail that opened the desk"


def test_the_mail_says_what_its_reader_is_when_it_leaves(desk: Desk, world: World) -> None:
    both = factories.an_intervenant(world.agence, user=world.client.user)
    desk.post("invitations/", qui=["clients", "intervenants"])
    [mail] = Mail.objects.filter(user=both.user)
    written = leaves(mail)
    for said in ("validez vos interventions", "les visites prévues chez vous", world.client.user.email, "/compte/"):
        assert said in written.text, said
    assert (written.fate, written.subject) == (Fate.SENDING, f"Votre espace en ligne chez {world.agence.name}")
    Mail.objects.filter(pk=mail.pk).update(fate=Fate.BOUNCED)
    Intervenant.objects.filter(pk=both.pk).update(archived_at=factories.NOW)
    again = resends.resend(mail, factories.NOW)
    assert again is not None
    assert "validez vos interventions" not in leaves(again).text
    Client.objects.all().update(archived_at=factories.NOW)
    Mail.objects.filter(pk=again.pk).update(fate=Fate.QUEUED, text="")
    assert leaves(again).fate == Fate.DROPPED


def test_at_night_they_wait_for_the_morning_and_for_the_end_of_quiet_hours(desk: Desk, world: World) -> None:
    quiet: dict[str, Any] = {"quiet_from": time(7), "quiet_until": time(10)}
    client: Any = world.client
    MailPreference.objects.create(agence=world.agence, user=client.user, **quiet)
    with time_machine.travel(factories.NOW.replace(hour=22), tick=False):
        desk.post("invitations/", qui=["clients", "intervenants"])
    due = {mail.user_id: timezone.localtime(mail.due_at, world.agence.zone) for mail in Mail.objects.all()}
    assert {user: (at.day, at.time()) for user, at in due.items()} == {
        world.client.user_id: (26, time(10)),
        world.intervenant.user_id: (26, time(8)),
    }


def test_each_right_invites_its_own_and_nobody_else(world: World) -> None:
    rights: dict[str, Any] = dict.fromkeys(RIGHT_COLUMNS, False)
    assert desk_of(factories.a_gestionnaire(world.agence, **rights)).get("invitations/").status_code == 403
    keeper = desk_of(factories.a_gestionnaire(world.agence, **(rights | {"may_manage": True})))
    assert list(counted(keeper)) == ["intervenants", "clients"]
    assert keeper.post("invitations/", qui=["gestionnaires"]).status_code == 422
    head = factories.a_gestionnaire(world.agence, **(rights | {"may_administer": True}))
    assert list(counted(desk_of(head))) == ["gestionnaires"]
    with pytest.raises(inviting.NotAllowed):
        inviting.invite(factories.actor_of(head), [Group.CLIENTS], factories.NOW)
    assert invited() == []


def test_who_has_some_secteurs_invites_their_clients(world: World) -> None:
    mine, other = factories.a_secteur(world.agence), factories.a_secteur(world.agence)
    near, far = factories.a_client(world.agence, secteur=mine), factories.a_client(world.agence, secteur=other)
    limited = desk_of(factories.a_gestionnaire(world.agence, secteurs=[mine]))
    assert str(far) not in limited.get("invitations/?groupe=clients&etat=a-inviter").text.replace(str(near), "")
    limited.post("invitations/", qui=["clients"])
    assert invited() == [near.user.email]


def test_a_page_and_a_press_cost_as_much_for_thirty_as_for_one(
    desk: Desk, world: World, django_assert_num_queries: Any
) -> None:
    cost(desk, "invitations/")
    before = cost(desk, "invitations/?groupe=clients&etat=a-inviter")
    for _more in range(29):
        factories.a_client(world.agence)
    assert cost(desk, "invitations/?groupe=clients&etat=a-inviter") == before
    with django_assert_num_queries(7):
        assert inviting.invite(world.as_manager, [Group.CLIENTS], factories.NOW) == 30
