"""What a link does not open: others' visits, and nothing at all once it is dead. No token stands in a log."""

import logging
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import structlog
import time_machine
from django.conf import settings as product
from django.core import mail as post
from django.urls import reverse

from config.redaction import LINKS, redacted, without_tokens
from interventions import links, operations
from interventions.models import Agence, Batch, Client, Intervention, JournalEntry, Mail, MailLink
from interventions.states import Action
from tests import factories
from tests.factories import World, a_user
from tests.portals.client.conftest import signed_in
from tests.portals.client.link.mailed import SENT, browser, deliver, link_to, press
from tests.portals.client.test_prestations import words
from tests.portals.client.visits import YESTERDAY, a_done_visit, sent

LATE = factories.NOW + timedelta(days=40)


@pytest.fixture
def visit(world: World) -> Intervention:
    made = a_done_visit(world)
    deliver(world.agence)
    return made


@pytest.fixture
def link(world: World, visit: Intervention) -> str:
    return link_to(world.client.user)


def validation(link: str, visit: Intervention) -> str:
    return f"{link}interventions/{visit.public_id}/validation/"


def refused(link: str, visit: Intervention, words: str, status: int = 410) -> None:
    """Check that neither the page nor a press goes, that both say why, and that nothing is shown."""
    there = browser()
    for answer in (there.get(link), press_anew(there, validation(link, visit), **sent(visit))):
        assert answer.status_code == status
        assert words in answer.content.decode()
        assert str(visit.public_id) not in answer.content.decode()
    visit.refresh_from_db()
    assert visit.status == "done"


def press_anew(there: Any, address: str, **fields: Any) -> Any:
    """Press with a token that the site gave on another page."""
    there.get(reverse("account_login"))
    return press(there, address, **fields)


def test_a_scanner_changes_nothing(world: World, visit: Intervention, link: str) -> None:
    """It follows each link by GET and HEAD, and posts each form without the form's own token."""
    before = [list(model.objects.order_by("pk").values()) for model in (Intervention, MailLink, Mail, JournalEntry)]
    nouns = ("validation", "modification", "annulation", "reprise", "contestation")
    acts = [f"{link}interventions/{visit.public_id}/{noun}/" for noun in nouns]
    for address in [link, *acts, f"{link}clients/{world.client.public_id}/validations/", f"{link}nouveau/"]:
        there = browser()
        there.get(link)
        assert there.get(address).status_code in (200, 405)
        assert there.head(address).status_code in (200, 405)
        row = f"{visit.public_id}:{visit.version}"
        answer = there.post(address, {**sent(visit), "visite": row})
        assert answer.status_code in (403, 405)
    assert [list(model.objects.order_by("pk").values()) for model in (Intervention, MailLink, Mail, JournalEntry)] == (
        before
    )
    assert browser().get(link).status_code == 200


def test_what_surrounds_the_page_tells_nobody(visit: Intervention, link: str) -> None:
    answer = browser().get(link)
    assert answer.headers["Referrer-Policy"] == "strict-origin"
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    text = answer.content.decode()
    assert "//" not in text.replace("<!doctype html>", "").replace("http://www.w3.org", "")
    for status, address in ((404, "/lien/autre/"), (404, f"{link}interventions/autre/")):
        gone = browser().get(address)
        assert (gone.status_code, gone.headers["Referrer-Policy"]) == (status, "strict-origin")


def test_a_token_stands_in_no_table_and_not_in_the_outbox(world: World, visit: Intervention, link: str) -> None:
    token = link.split("/")[2]
    stored = " ".join(str(row) for model in (Mail, MailLink) for row in model.objects.values())
    assert token not in stored
    assert token.split(".")[1] not in stored
    mail = Mail.objects.get(user=world.client.user)
    assert links.address() in mail.text
    assert token in str(post.outbox[0].body) + str(post.outbox[1].body)
    page = signed_in(world.gestionnaire.user).get(reverse("gestion:mail", args=[mail.public_id]))
    assert token not in page.content.decode()


class Lines(logging.Handler):
    """What the product's own formatter makes of each line."""

    def __init__(self) -> None:
        super().__init__()
        made = {**product.LOGGING["formatters"]["line"]}
        del made["()"]
        self.setFormatter(structlog.stdlib.ProcessorFormatter(**made))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line."""
        self.lines.append(self.format(record))


@pytest.fixture
def lines() -> Iterator[list[str]]:
    handler, root = Lines(), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield handler.lines
    root.removeHandler(handler)
    root.setLevel(before)


def test_a_token_stands_in_no_log(visit: Intervention, link: str, lines: list[str]) -> None:
    browser().get(link)
    browser().post(f"{link}nouveau/")
    browser().get(f"{link}rien/")
    browser().get(link.replace(".", "-"))
    assert any("/lien/-/" in line for line in lines)
    assert not any(link.split("/")[2][:20] in line for line in lines)


def test_what_is_redacted() -> None:
    assert LINKS == links.PATH
    assert redacted("GET /lien/abc.def-_/nouveau/ et /client/") == "GET /lien/-/nouveau/ et /client/"
    assert without_tokens(None, "info", {"event": "x", "url": "https://a.example/lien/t?x", "n": 1}) == {
        "event": "x",
        "url": "https://a.example/lien/-?x",
        "n": 1,
    }


def test_a_token_that_was_altered_or_made_up_opens_nothing(visit: Intervention, link: str) -> None:
    token = link.split("/")[2]
    key, signature = token.split(".")
    for forged in (key, f"{key}.", f"{key}.{signature[:-2]}AA", f"B{key[1:]}.{signature}", "é.x", "x" * 400):
        answer = browser().get(f"/lien/{forged}/")
        assert answer.status_code == 404
        assert "Ce lien n’est pas valable" in answer.content.decode()


def test_a_link_opens_no_other_s_visit(world: World, visit: Intervention, link: str) -> None:
    foreign = factories.a_world()
    theirs, later = a_done_visit(foreign), a_done_visit(world, start="14:00")
    there = browser()
    there.get(link)
    for other in (theirs, later):
        for noun in ("modification", "annulation", "contestation"):
            assert there.get(f"{link}interventions/{other.public_id}/{noun}/").status_code == 404
        assert press(there, validation(link, other), **sent(other)).status_code == 404
        rows = [f"{other.public_id}:{other.version}"]
        address = f"{link}clients/{world.client.public_id}/validations/"
        assert press(there, address, key=factories.key(), visite=rows).status_code == 404
        other.refresh_from_db()
        assert other.status == "done"
    address = f"{link}clients/{foreign.client.public_id}/validations/"
    rows = [f"{theirs.public_id}:{theirs.version}"]
    assert press(there, address, key=factories.key(), visite=rows).status_code == 404
    for page in ("/client/", f"/client/interventions/{visit.public_id}/", "/client/planning/"):
        assert there.get(page).status_code == 302


def test_it_expires_and_offers_a_new_one(world: World, visit: Intervention, link: str) -> None:
    last = factories.NOW + timedelta(days=30, hours=11)
    with time_machine.travel(last, tick=False):
        assert browser().get(link).status_code == 200
    with time_machine.travel(LATE, tick=False):
        refused(link, visit, "Ce lien a expiré")
        there = browser()
        page = there.get(link)
        assert "Recevoir un nouveau lien" in page.content.decode()
        for _ in range(2):
            answer = press(there, f"{link}nouveau/")
            assert (answer.status_code, answer.url) == (303, link)
            assert "C’est noté." in there.get(link).content.decode()
        assert Mail.objects.filter(batch=None).count() == 1
        deliver(world.agence, LATE)
        fresh = link_to(world.client.user)
        assert fresh != link
        assert post.outbox[-1].to == [world.client.user.email]
        refused(link, visit, "Un lien plus récent existe")
        there.get(fresh)
        assert press(there, validation(fresh, visit), **sent(visit)).status_code == 303


def test_a_new_link_is_asked_for_three_times_a_day_at_most(world: World, visit: Intervention, link: str) -> None:
    for minutes in range(0, 60, 6):
        with time_machine.travel(LATE + timedelta(minutes=minutes), tick=False):
            there = browser()
            there.get(link)
            press(there, f"{link}nouveau/")
    assert Mail.objects.filter(batch=None).count() == 3
    assert MailLink.objects.filter(renews=None, ended_at=None).exclude(mail__user=world.proche.user).count() == 0
    assert MailLink.objects.exclude(renews=None).filter(ended_at=None).count() == 1


def test_a_link_that_still_serves_is_not_renewed(visit: Intervention, link: str) -> None:
    there = browser()
    there.get(link)
    assert press(there, f"{link}nouveau/").status_code == 303
    assert Mail.objects.filter(batch=None).count() == 0
    assert there.get(link).status_code == 200


def test_it_dies_when_nothing_is_left_to_do(world: World, visit: Intervention, link: str) -> None:
    world.act(visit, Action.VALIDATE, world.as_proche, at=SENT)
    with time_machine.travel(SENT, tick=False):
        assert browser().get(link).status_code == 200
    with time_machine.travel(SENT + timedelta(hours=1), tick=False):
        answer = browser().get(link)
        assert answer.status_code == 410
        assert "Vous n’avez plus rien à faire ici" in answer.content.decode()


def test_what_another_did_since_ends_it_for_good(world: World, visit: Intervention, link: str) -> None:
    there = browser()
    there.get(link)
    seen = sent(visit)
    world.act(visit, Action.SEND_BACK, world.as_manager, reason="Erreur.", at=SENT)
    world.act(visit, Action.COMPLETE, world.as_intervenant, at=SENT)
    for answer in (there.get(link), press(there, validation(link, visit), **seen)):
        assert answer.status_code == 410
    assert visit.status == "done"


def test_of_two_visits_one_moved_on_by_another_is_left_out(world: World) -> None:
    both = [world.visit(start=f"{hour:02d}:00") for hour in (8, 10)]
    changes = [operations.Change(Action.COMPLETE, visit.pk) for visit in both]
    operations.apply(changes, actor=world.as_intervenant, at=world.now, key=factories.key())
    deliver(world.agence)
    link, there = link_to(world.client.user), browser()
    there.get(link)
    moved = both[0]
    moved.refresh_from_db()
    seen = sent(moved)
    world.act(moved, Action.SEND_BACK, world.as_manager, reason="Erreur.", at=SENT)
    assert str(moved.public_id) not in there.get(link).content.decode()
    answer = press(there, validation(link, moved), **seen)
    assert (answer.status_code, answer.url) == (303, link)
    assert "Cette visite a changé" in there.get(link).content.decode()


def test_it_dies_with_the_address(world: World, visit: Intervention, link: str) -> None:
    world.client.user.email = "nouvelle@personnes.example"
    world.client.user.save()
    refused(link, visit, "Ce lien ne sert plus")


def test_it_dies_with_another_address_for_the_client(world: World, visit: Intervention, link: str) -> None:
    Client.objects.update(user=a_user())
    refused(link, visit, "Ce lien ne sert plus")


def test_it_dies_with_the_mandate(world: World, visit: Intervention) -> None:
    link = link_to(world.proche.user)
    world.proche.ends_on = date(2026, 11, 24)
    world.proche.save()
    refused(link, visit, "Ce lien ne sert plus")
    there = browser()
    there.get(reverse("account_login"))
    press(there, f"{link}nouveau/")
    assert Mail.objects.filter(batch=None).count() == 0


def test_module_off_is_said_in_words_and_passes(world: World, visit: Intervention, link: str) -> None:
    Agence.objects.update(module_enabled=False)
    refused(link, visit, "suspendu la validation depuis le portail", 503)
    Agence.objects.update(module_enabled=True)
    assert browser().get(link).status_code == 200


def test_a_closed_month_is_said_in_words_and_passes(world: World) -> None:
    visit = a_done_visit(world, day=YESTERDAY - timedelta(days=30))
    deliver(world.agence)
    link = link_to(world.client.user)
    closer, month = world.as_manager, visit.day.replace(day=1)
    operations.close_month(closer, month, SENT)
    there = browser()
    page = there.get(link)
    assert page.status_code == 200
    text = page.content.decode()
    assert words(page).count("Mois clôturé : cette visite ne change plus.") == 1
    assert ("<form" in text, "Modifier</a>" in text, "Annuler</a>" in text) == (False, False, False)
    answer = press(there, validation(link, visit), **sent(visit))
    assert answer.status_code == 422
    assert "Mois clôturé" in answer.content.decode()
    for noun in ("modification", "annulation"):
        shown = there.get(f"{link}interventions/{visit.public_id}/{noun}/").content.decode()
        assert "Mois clôturé" in shown
    visit.refresh_from_db()
    assert visit.status == "done"
    operations.reopen_month(closer, month, SENT)
    there.get(link)
    assert press(there, validation(link, visit), **sent(visit)).status_code == 303


def test_an_expired_link_sends_no_new_one_for_an_answer_to_take_back_and_says_so(
    world: World, visit: Intervention
) -> None:
    """Contested by link: only Reprendre is left. A new mail would ask nothing; the portal still takes it back."""
    link = link_to(world.client.user)
    motif = world.motif(kind="annulation")
    world.act(visit, Action.CANCEL_BY_CLIENT, world.as_client, motif_id=motif.pk, at=SENT)
    assert "Reprendre" in browser().get(link).content.decode()
    MailLink.objects.update(expires_at=SENT)
    with time_machine.travel(SENT + timedelta(hours=1), tick=False):
        there = browser()
        assert "Ce lien a expiré" in there.get(link).content.decode()
        press(there, f"{link}nouveau/")
        page = there.get(link).content.decode()
        assert "Pour revenir sur une réponse déjà donnée, connectez-vous, ou appelez l’agence." in page
        assert "Se connecter" in page
        assert Mail.objects.filter(batch=None).count() == 0
        signed = signed_in(world.client.user)
        signed.post(reverse("client:reprise", args=[visit.public_id]), sent(visit))
    visit.refresh_from_db()
    assert visit.status == "done"


def test_whoever_else_is_signed_in_acts_as_the_addressee(world: World, visit: Intervention, link: str) -> None:
    there = signed_in(world.gestionnaire.user)
    there.get(link)
    there.post(validation(link, visit), sent(visit))
    batch = Batch.objects.latest("pk")
    assert (batch.actor_id, batch.role, batch.via) == (world.client.user_id, "client", "link")
