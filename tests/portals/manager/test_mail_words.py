"""Les mails de l'agence: what is refused, what a preview and a trial show, that each change is on record."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from interventions.models import Mail, MailKind, MailLogo, MailStyle, MailStyleEntry, Topic
from interventions.states import Action
from interventions.tasks import deliver_due_mails
from tests import factories
from tests.factories import World
from tests.images import a_png
from tests.portals.manager.conftest import Desk, desk_of, words

pytestmark = pytest.mark.django_db
PAGE = "parametres/mails/"


def _logo(content: bytes = b"", name: str = "logo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or a_png())


def _send(desk: Desk, **typed: Any) -> Any:
    return desk.browser.post(f"/gestion/{PAGE}", typed)


def test_what_is_chosen_is_kept_and_each_change_is_on_record(desk: Desk, world: World) -> None:
    sentence = "Toute l’équipe de {agence} vous remercie."
    assert _send(desk, client_asked=sentence, colour="#7A1F3D", logo_file=_logo()).status_code == 303
    style = MailStyle.objects.get(agence=world.agence)
    assert (style.client_asked, style.colour, style.logo.width) == (sentence, "#7a1f3d", 40)
    entry = MailStyleEntry.objects.get()
    assert entry.actor_name == str(world.gestionnaire)
    assert entry.before == {"client_asked": "", "colour": "", "logo": ""}
    assert entry.after["client_asked"] == sentence
    assert sentence in words(desk.get(PAGE))
    kept = str(style.logo.public_id)
    _send(desk, client_asked=sentence, colour="#7a1f3d", kept_logo=kept)
    assert MailStyleEntry.objects.count() == 1
    _send(desk, client_asked=sentence, colour="#7a1f3d", kept_logo=kept, no_logo="on")
    assert MailStyle.objects.get(agence=world.agence).logo is None
    with pytest.raises(DatabaseError), transaction.atomic():
        MailStyleEntry.objects.update(actor_name="Personne")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"client_asked": "Bonjour <b>vous</b>"}, "sans balise"),
        ({"client_asked": "Bonjour&nbsp;!"}, "sans balise"),
        ({"client_asked": "Cher {prenom}"}, "{prenom} n’existe pas ici"),
        ({"client_asked": "Cher {client"}, "Une accolade est seule"),
        ({"sign_in": "Cher {client}"}, "{client} n’existe pas ici"),
        ({"client_asked": "Une\nautre"}, "une seule ligne"),
        ({"client_asked": "x" * 301}, "300"),
        ({"client_asked": "Un\u202emot"}, "caractère invisible"),
        ({"signature": "1\n2\n3\n4\n5"}, "Quatre lignes au plus"),
        ({"colour": "rouge"}, "comme #045650"),
        ({"colour": "#ffd700"}, "Trop claire"),
        ({"sender_name": "Rivage <x@y.example>"}, "sans adresse"),
        ({"reply_to": "personne"}, "e-mail"),
        ({"logo_file": _logo(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "logo.png")}, "ni une image PNG"),
        ({"logo_file": _logo(a_png()[:-4])}, "ni une image PNG"),
        ({"logo_file": _logo(a_png() + b"<script>")}, "ni une image PNG"),
        ({"logo_file": _logo(b"\xff\xd8\xff\xe0" + b"x" * 70_000)}, "dépasse 60 Ko"),
        ({"logo_file": _logo(a_png(1201, 1))}, "dépasse 1200"),
    ],
)
def test_what_does_not_fit_is_refused_next_to_its_field_and_kept_as_typed(
    desk: Desk, typed: dict[str, Any], said: str
) -> None:
    answer = _send(desk, **{"manager_told": "Gardé tel quel.", **typed})
    assert answer.status_code == 422
    assert said in words(answer)
    assert "Gardé tel quel." in answer.text
    assert not MailStyle.objects.exists()


def test_a_preview_shows_what_was_typed_with_a_real_visit_and_saves_nothing(desk: Desk, world: World) -> None:
    world.act(world.visit(), Action.COMPLETE, world.as_intervenant)
    answer = _send(
        desk, client_asked="Merci à {client}, {jours}.", signature="L’équipe", topic="client_asked", apercu="",
        logo_file=_logo(),
    )  # fmt: skip
    assert answer.status_code == 200
    page = words(answer)
    assert "Avec une visite de votre agence." in page
    assert "1 visite à valider, mardi 24 novembre" in page
    assert "Merci à Mme Yvonne Quéré, mardi 24 novembre." in page
    assert not MailStyle.objects.exists()
    frames = [html.unescape(src) for src in re.findall(r'<iframe[^>]* src="([^"]+)"', answer.text)]
    assert len(frames) == 4
    light, dark = (desk.browser.get(src) for src in frames[:2])
    assert "Merci à Mme Yvonne Quéré" in light.text
    assert 'src="data:image/png;base64,' in light.text
    assert ("@media not all" in light.text, "@media all" in dark.text) == (True, True)
    assert "img-src data:" in light.headers["Content-Security-Policy"]
    kept = re.search(r'name="kept_logo" value="([^"]+)"', answer.text)
    assert kept is not None
    assert kept.group(1) == str(MailLogo.objects.get().public_id)


@pytest.mark.parametrize("topic", Topic)
def test_every_mail_can_be_looked_at_before_there_is_anything(desk: Desk, topic: Topic) -> None:
    answer = _send(desk, topic=topic, apercu="", **{str(topic): "Le mot de {agence}."})
    assert answer.status_code == 200
    assert "Avec un exemple inventé" in words(answer) or topic is Topic.MANDATE
    assert "Le mot de Agence" in words(answer)


def test_a_trial_goes_to_oneself_through_the_outbox_once_a_minute(desk: Desk, world: World) -> None:
    _send(desk, manager_told="À vous de jouer.")
    for _press in range(2):
        assert desk.post("parametres/mails/essai/", topic="manager_told").status_code == 303
    mail = Mail.objects.get(kind=MailKind.TRIAL)
    assert mail.user == world.gestionnaire.user
    assert mail.subject.startswith("Essai\u00a0: 1 visite à délibérer")
    assert "À vous de jouer." in mail.text
    assert deliver_due_mails() == 1
    assert desk.post("parametres/mails/essai/", topic="tout").status_code == 400


def test_it_takes_administration_and_stays_in_the_agency(desk: Desk, world: World) -> None:
    other = desk_of(factories.a_gestionnaire(world.agence, may_administer=False, last_name="Sans"))
    for path, how in ((PAGE, "get"), (PAGE, "post"), ("parametres/mails/essai/", "post")):
        assert getattr(other.browser, how)(f"/gestion/{path}").status_code == 403
    away = factories.a_world()
    _send(desk_of(away.gestionnaire), logo_file=_logo(a_png(grey=10)), sender_name="Colline")
    theirs = MailLogo.objects.get(agence=away.agence)
    _send(desk, kept_logo=str(theirs.public_id), sender_name="Rivage")
    assert MailStyle.objects.get(agence=world.agence).logo is None
    draft = re.search(
        r"texte=([^&\"]+)", desk_of(away.gestionnaire).browser.post(f"/gestion/{PAGE}", {"apercu": ""}).text
    )
    assert draft is not None
    assert desk.get(f"parametres/mails/apercu/?texte={draft.group(1)}").status_code == 400
    assert desk.get("parametres/mails/apercu/?texte=x").status_code == 400
