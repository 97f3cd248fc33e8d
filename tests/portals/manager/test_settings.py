"""Paramètres: the module goes on and off, and what intervenants are shown is chosen, by those who may."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client as Browser

from interventions.models import Agence, Intervention, SettingEntry
from interventions.states import Action, Status
from portals.manager.settings_forms import FORMS
from tests import factories
from tests.factories import World
from tests.interventions import acts
from tests.portals.intervenant.posted import entered, form_of
from tests.portals.manager.conftest import Desk, desk_of, words

pytestmark = pytest.mark.django_db
ADDRESS = "/gestion/parametres/"
SHEET = "#saisie"
LIST, VALIDER = "/intervenant/interventions/", "/intervenant/validations/"


def choose(desk: Desk, **typed: str) -> Any:
    """Fill the form of the page, as it is shown, with these values, and press Enregistrer."""
    shown = {name: text.replace("\n", "\r\n") for name, text in form_of(desk.browser.get(ADDRESS).text, SHEET).items()}
    return desk.browser.post(ADDRESS, shown | typed)


def agence_of(world: World) -> Agence:
    return Agence.objects.get(pk=world.agence.pk)


def test_the_module_goes_off_and_on(desk: Desk, world: World) -> None:
    assert "Activée" in words(desk.get("parametres/"))
    assert desk.post("parametres/", module="inactif").status_code == 303
    assert not agence_of(world).module_enabled
    page = words(desk.get("parametres/"))
    assert "Désactivée" in page
    assert "les mails qui demandent une réponse attendent" in page
    desk.post("parametres/", module="actif")
    assert (agence_of(world).module_enabled, agence_of(world).module_enabled_at) == (True, world.now)
    entries = SettingEntry.objects.order_by("pk").values_list("before", "after")
    off, on = {"module_enabled": False}, {"module_enabled": True}
    assert list(entries) == [(on, off), (off, on)]


@pytest.mark.parametrize("right", ["manage", "arbitrate", "close", "unlock"])
def test_no_other_right_changes_a_setting(world: World, right: str) -> None:
    rights: dict[str, Any] = {
        f"may_{each}": each == right for each in ("manage", "arbitrate", "close", "unlock", "administer")
    }
    other = desk_of(factories.a_gestionnaire(world.agence, last_name="Sans", **rights))
    page = other.get("parametres/")
    assert "demande le droit d’administration" in words(page)
    assert "est seulement signalé" in words(page), "who may not change it still reads it"
    assert 'name="module"' not in page.text
    assert 'name="gap_caution"' not in page.text
    for typed in ({"module": "inactif"}, {"gap_caution": "tell"}, {"usual_km": "x"}, _all(gap_caution="tell")):
        answer = other.browser.post(ADDRESS, typed, follow=True)
        assert "Vos droits ne permettent pas cette action." in words(answer)
    assert (agence_of(world).module_enabled, agence_of(world).gap_caution) == (True, "ask")
    assert not SettingEntry.objects.exists()


def _all(**typed: str) -> dict[str, str]:
    shown = dict.fromkeys(("overlap_caution", "long_caution", "contrat_caution", "km_caution", "gap_caution"), "ask")
    return {**shown, "usual_km": "50", "tolerance_minutes": "15", "quick_comments": "Retard", **typed}


def test_the_agencys_rules_are_said_in_words_to_who_may_not_change_them(desk: Desk, world: World) -> None:
    limited = desk_of(factories.a_gestionnaire(world.agence, may_administer=False))
    page = words(limited.get("parametres/"))
    for said in ("Une annulation se conteste pendant 7 jours", "Le lien d’un mail sert pendant 30 jours"):
        assert said in page
    own = words(desk.get("parametres/"))
    assert "Les autres règles de l’agence" in own
    # Each remark has a sentence of its own: none says its name again.
    assert "Visite de plus de 12 heures" in own
    assert "La visite dure plus de 12 heures." not in own


def every_setting() -> set[str]:
    """Return the fields of an agency that are settings: what is neither the operator's, nor chosen on another page."""
    own = {"id", "public_id", "created_at", "logo_id", "logo_width", "logo_height"}
    elsewhere = {"timezone", "mailer", "module_enabled", "module_enabled_at", "four_eyes", "first_day"}
    return {field.name for field in Agence._meta.concrete_fields} - own - elsewhere


def test_each_setting_stands_on_one_form_with_what_it_does() -> None:
    fields = [name for kind in FORMS.values() for name in kind.Meta.fields]
    assert sorted(fields) == sorted(every_setting())
    agence = factories.an_agence()
    unsaid = [name for kind in FORMS.values() for name, field in kind(agence).fields.items() if not field.help_text]
    assert unsaid == []


CHOSEN: dict[str, dict[str, Any]] = {
    "declaration": {"same_day_allowed": True, "undo_minutes": 20},
    "reponses": {"retract_days": 5, "dispute_days": 6, "object_days": 20, "link_days": 15, "tuteur_acts_alone": True},
    "silence": {"no_answer_days": 9, "tacit_enabled": True, "tacit_days": 12},
    "transmission": {"escalate_enabled": True, "escalate_days": 4},
    "heures": {"night_starts": time(21, 30), "night_ends": time(6), "holiday_region": "57"},
    "conservation": {"words_years": 6, "mail_years": 2, "access_days": 200, "left_years": 5},
    "lots": {"background_from": 500},
}


@pytest.mark.parametrize("name", CHOSEN)
def test_each_form_saves_what_it_shows_and_nothing_else(desk: Desk, world: World, name: str) -> None:
    shown = form_of(desk.get("parametres/").text, f"#{name}") | {"reglages": name}
    assert shown["csrfmiddlewaretoken"], "a browser's press is refused without it"
    before = agence_of(world)
    assert desk.browser.post(ADDRESS, shown).status_code == 303
    assert not SettingEntry.objects.exists(), "what was shown is what stood"
    typed = {
        field: "on" if value is True else f"{value:%H:%M}" if isinstance(value, time) else str(value)
        for field, value in CHOSEN[name].items()
    }
    assert desk.browser.post(ADDRESS, shown | typed).status_code == 303
    after = agence_of(world)
    changed = {f: getattr(after, f) for f in every_setting() if getattr(after, f) != getattr(before, f)}
    assert changed == CHOSEN[name]
    assert set(SettingEntry.objects.get().after) == set(CHOSEN[name])
    page = words(desk.get("parametres/"))
    for field in CHOSEN[name]:
        assert f"{Agence._meta.get_field(field).verbose_name}, de «" in page.replace("\u00a0", " ")


def test_what_is_chosen_is_kept_with_what_stood_before(desk: Desk, world: World) -> None:
    other = factories.a_world(name="Agence Colline")
    assert choose(desk, gap_caution="tell", usual_km="30,5").status_code == 303
    agence = agence_of(world)
    assert (agence.gap_caution, agence.usual_km, agence.km_caution) == ("tell", Decimal("30.5"), "ask")
    entry = SettingEntry.objects.get()
    assert (entry.agence_id, entry.at, entry.actor_name) == (world.agence.pk, world.now, world.as_manager.name)
    assert entry.before == {"usual_km": "50.0", "gap_caution": "ask"}
    assert entry.after == {"usual_km": "30.5", "gap_caution": "tell"}
    page = words(desk.get("parametres/"))
    assert "Écart au prévu, de « demande confirmation » à « est seulement signalé »." in page
    assert "Kilomètres habituels, de « 50,0 » à « 30,5 »." in page
    assert agence_of(other).gap_caution == "ask"
    assert "est seulement signalé »" not in words(desk_of(other.gestionnaire).get("parametres/"))


def test_the_answer_stands_where_the_browser_goes(desk: Desk) -> None:
    # A redirect without a fragment of its own keeps that of the form, which lies below the message.
    assert 'action="#saisie"' in desk.get("parametres/").text
    assert choose(desk, usual_km="31").headers["Location"] == f"{ADDRESS}#contenu"


def test_what_changes_nothing_leaves_no_entry(desk: Desk) -> None:
    assert choose(desk).status_code == 303
    assert not SettingEntry.objects.exists()
    assert "Rien n’a changé." in words(desk.get("parametres/"))


def test_what_is_wrong_is_said_beside_it_and_kept(desk: Desk, world: World) -> None:
    answer = choose(desk, usual_km="beaucoup", tolerance_minutes="20")
    assert answer.status_code == 422
    assert 'id="id_usual_km_error"' in answer.text
    shown = form_of(answer.text, SHEET)
    assert (shown["usual_km"], shown["tolerance_minutes"]) == ("beaucoup", "20")
    assert agence_of(world).tolerance_minutes == 15


def test_the_record_can_not_be_rewritten(desk: Desk) -> None:
    choose(desk, gap_caution="tell")
    for rewrite in (SettingEntry.objects.all().delete, lambda: SettingEntry.objects.update(actor_name="x")):
        with pytest.raises(DatabaseError), transaction.atomic():
            rewrite()


# A setting, and what an intervenant types (end, kilometres) that meets it alone.
MEETS = {
    "overlap_caution": ({}, ("10:00", "2.4"), "Chevauche de"),
    "long_caution": ({"tolerance_minutes": "720"}, ("21:30", "2.4"), "Cette visite dure"),
    "contrat_caution": ({"tolerance_minutes": "60"}, ("10:10", "2.4"), "de trop avec cette visite"),
    "km_caution": ({}, ("10:00", "80"), "habituels"),
    "gap_caution": ({}, ("10:40", "2.4"), "de plus que prévu"),
}


@pytest.mark.parametrize("strictness", ["ask", "tell"])
@pytest.mark.parametrize("setting", MEETS)
def test_each_setting_has_its_effect_on_the_warning(desk: Desk, world: World, setting: str, strictness: str) -> None:
    further, (end, km), sentence = MEETS[setting]
    world.contrat.monthly_minutes = 65 if setting == "contrat_caution" else 6000
    world.contrat.save()
    visit = world.visit()
    if setting == "overlap_caution":
        world.visit(start="09:30", day=visit.day)
    choose(desk, **dict.fromkeys(MEETS, "tell") | {setting: strictness}, **further)
    carer = Browser()
    assert world.intervenant.user is not None
    carer.force_login(world.intervenant.user)
    data = form_of(carer.get(LIST).text, VALIDER) | entered(visit, state="done", end=end, km=km)
    answer = carer.post(VALIDER, data)
    told = answer if strictness == "ask" else carer.get(LIST)
    assert sentence in told.text
    saved = Intervention.objects.get(pk=visit.pk).status
    expected = {"ask": (422, Status.PLANNED), "tell": (303, Status.DONE)}
    assert (answer.status_code, saved) == expected[strictness]


@pytest.mark.parametrize(("km", "asks"), [("60", True), ("90", False)])
def test_the_usual_kilometres_say_from_where_on(desk: Desk, world: World, km: str, asks: bool) -> None:
    visit = world.visit(day=world.now.date() - timedelta(days=1))
    choose(desk, usual_km=km, quick_comments="Verglas")
    carer = Browser()
    assert world.intervenant.user is not None
    carer.force_login(world.intervenant.user)
    page = carer.get(LIST).text
    assert 'value="Verglas"' in page
    answer = carer.post(VALIDER, form_of(page, VALIDER) | entered(visit, state="done", km="80"))
    assert answer.status_code == (422 if asks else 303)


def test_who_is_reminded_and_when_is_chosen_apart_and_on_record(desk: Desk, world: World) -> None:
    page = desk.get("parametres/").text
    assert "au plus un mail de relance par visite" in page
    shown = form_of(page, "#relances")
    assert shown["reminder_days"] == "3"
    typed = {"reglages": "relances", "reminder_days": "4", "proche_reminder_days": "1", "unanswered_days": "0"}
    assert desk.browser.post(ADDRESS, typed).status_code == 303
    agence = agence_of(world)
    assert (agence.reminder_days, agence.proche_reminder_days, agence.unanswered_days) == (4, 1, 0)
    assert agence.gap_caution == "ask"
    entry = SettingEntry.objects.get()
    assert entry.before == {"reminder_days": 3, "unanswered_days": 2, "proche_reminder_days": 2}
    assert entry.after == {"reminder_days": 4, "unanswered_days": 0, "proche_reminder_days": 1}
    said = words(desk.get("parametres/"))
    assert "Relance du client (jours), de « 3 » à « 4 »." in said
    wrong = desk.browser.post(ADDRESS, typed | {"reminder_days": "400"})
    assert (wrong.status_code, 'id="id_reminder_days_error"' in wrong.text) == (422, True)
    assert agence_of(world).reminder_days == 4
    limited = desk_of(factories.a_gestionnaire(world.agence, may_administer=False))
    answer = limited.browser.post(ADDRESS, typed | {"reminder_days": "9"}, follow=True)
    assert "Vos droits ne permettent pas cette action." in words(answer)
    assert agence_of(world).reminder_days == 4
    assert "Relance des proches 1 jour après le client" in words(limited.get("parametres/"))


# What last month holds: a visit that was declared an hour late, and one that was not declared.
EFFECTS = {
    "declaration": ({"same_day_allowed": "on"}, "1 visite aurait pu être déclarée le jour même, au lieu de 0."),
    "saisie": ({"tolerance_minutes": "30"}, "1 déclaration aurait été signalée pour son écart au prévu, comme avec"),
    "heures": ({"night_starts": "09:30"}, "2 h auraient compté comme heures de nuit, au lieu de 0 h."),
    "silence": ({"tacit_enabled": "on"}, "0 visite aurait été validée sans réponse du client, comme avec"),
    "transmission": ({"escalate_enabled": "on"}, "0 modification serait passée au gestionnaire, comme avec"),
    "reponses": ({"object_days": "1"}, "0 contestation d’une validation serait venue trop tard, comme avec"),
    "relances": ({"reminder_days": "1"}, "0 visite aurait été rappelée au client ou à un proche, comme avec"),
}


@pytest.fixture
def october(world: World) -> World:
    """An agency with two visits last month."""
    day = date(2026, 10, 13)
    world.now -= timedelta(days=60)
    visit = world.visit(day=day)
    world.visit(day=day, start="11:00")
    assert visit.planned is not None
    late = replace(
        visit.planned, start=visit.planned.start + timedelta(hours=1), end=visit.planned.end + timedelta(hours=1)
    )
    at = factories.local(day + timedelta(days=1), "08:00")
    assert not world.act(visit, Action.COMPLETE, world.as_intervenant, at=at, facts=late).refused
    return world


def test_the_effect_on_last_month_is_shown_before_anything_is_saved(desk: Desk, october: World) -> None:
    page = desk.get("parametres/").text
    for name, (typed, sentence) in EFFECTS.items():
        shown = form_of(page, f"#{name}") | typed | {"apercu": name}
        whole = desk.browser.post(ADDRESS, shown)
        part = desk.browser.post(ADDRESS, shown, headers={"HX-Request": "true"})
        for answer in (whole, part):
            assert answer.status_code == 200
            said = words(answer)[words(answer).index("Le mois dernier (octobre 2026), sur 2 visites :") :]
            assert sentence in said[: said.index("Rien n’est encore enregistré.")]
        assert "<html" not in part.text
        kept = form_of(whole.text, f"#{name}")
        assert {field: kept[field] or "on" for field in typed} == typed, "a box without a value sends «on»"
    assert not SettingEntry.objects.exists()


def test_the_effect_of_switching_off_is_shown_and_what_is_wrong_is_said(desk: Desk, october: World) -> None:
    page = words(desk.browser.post(ADDRESS, {"apercu": "module"}))
    assert "1 action des portails aurait été refusée, au lieu de 0." in page
    assert agence_of(october).module_enabled
    shown = form_of(desk.get("parametres/").text, "#silence") | {"tacit_days": "beaucoup", "apercu": "silence"}
    assert desk.browser.post(ADDRESS, shown).status_code == 422
    part = desk.browser.post(ADDRESS, shown, headers={"HX-Request": "true"})
    assert (part.status_code, "Délai de la validation sans réponse" in words(part)) == (422, True)
    assert desk.browser.post(ADDRESS, {"apercu": "lots"}).status_code == 400
    limited = desk_of(factories.a_gestionnaire(october.agence, may_administer=False))
    answer = limited.browser.post(ADDRESS, {"apercu": "module"}, follow=True)
    assert "Vos droits ne permettent pas cette action." in words(answer)
    assert "aurait été refusée" not in words(answer)


def test_what_waits_today_is_said_with_the_effect(desk: Desk, world: World) -> None:
    visit = acts.contested(world)
    Intervention.objects.filter(pk=visit.pk).update(last_at=world.now - timedelta(days=8))
    shown = form_of(desk.get("parametres/").text, "#transmission") | {
        "escalate_enabled": "on",
        "apercu": "transmission",
    }
    page = words(desk.browser.post(ADDRESS, shown))
    assert "L’agence n’a pas de visite en octobre 2026" in page
    assert "Aujourd’hui, 1 modification qui attend passerait au gestionnaire au prochain passage." in page
