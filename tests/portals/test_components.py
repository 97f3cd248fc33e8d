"""Each piece of markup that the pages share, rendered with what it says it needs."""

import datetime as dt
import re
from typing import Any

import pytest
from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template import engines
from django.template.loader import render_to_string

from interventions.states import Status
from portals.web.nav import Account, NavEntry

NAV = [
    NavEntry("Mes interventions", "/a/", "list-check", count=7, count_label="à valider", current=True),
    NavEntry("Refusées", "/b/", "refused", count=0, due=True),
    NavEntry("Analyse", children=(NavEntry("Suivi des validations", "/c/"),)),
]
MOTIFS = [("depart", "L’heure de départ n’est pas la bonne"), ("km", "Les kilomètres")]


class ExampleForm(forms.Form):
    name = forms.CharField(label="Nom", help_text="Comme sur la carte.")
    comment = forms.CharField(label="Commentaire", required=False, widget=forms.Textarea)
    motif = forms.ChoiceField(label="Motif de refus", choices=MOTIFS, widget=forms.RadioSelect)
    agree = forms.BooleanField(label="D’accord", required=False)
    key = forms.CharField(widget=forms.HiddenInput)


def tidy(html: str) -> str:
    """Leave out the spaces that lay the markup out; show the narrow ones as plain."""
    return re.sub(r">\s+", ">", re.sub(r"\s+", " ", html.replace("\u202f", " "))).strip()


def render(source: str, **context: Any) -> str:
    return tidy(engines["django"].from_string("{% load contreseing %}" + source).render(context))


def component(name: str, **context: Any) -> str:
    return tidy(render_to_string(f"components/{name}.html", context))


@pytest.mark.parametrize("status", Status)
def test_a_badge_says_its_status_in_words_and_by_its_tick(status):
    html = render("{% badge status %}", status=status.value)
    assert f'data-status="{status}"' in html
    assert f"icons.svg#s-{status}" in html
    assert f"</svg>{status.label}</span>" in html


def test_a_badge_takes_other_words():
    assert "</svg>Réalisée</span>" in render('{% badge "done" "Réalisée" %}')


def test_an_unknown_status_is_refused():
    with pytest.raises(ValueError, match="lost"):
        render('{% badge "lost" %}')


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ('{% gap 15 "sur le prévu" %}', '<span class="gap">+15 min sur le prévu</span>'),
        ("{% gap -90 %}", '<span class="gap gap-large">\u22121 h 30</span>'),
        ("{% gap 0 %}", '<span class="gap gap-none">Comme prévu</span>'),
        ("{% gap None %}", ""),
        ("{% gap_km 3 %}", '<span class="gap">+3 km</span>'),
        ("{% gap_km 0 %}", ""),
    ],
)
def test_a_gap_is_signed(source, html):
    assert render(source) == html


def test_the_filters_show_figures_and_leave_none_empty():
    start, end = dt.datetime(2026, 10, 19, 7, tzinfo=dt.UTC), dt.datetime(2026, 10, 19, 8, 30, tzinfo=dt.UTC)
    assert render("{{ start|hour }} {{ start|elapsed_to:end|duration }}", start=start, end=end) == "9 h 00 1 h 30"
    assert render("{{ nothing|hour }}{{ nothing|km }}{{ nothing|elapsed_to:nothing|duration }}", nothing=None) == ""
    assert render("{% time_range start end %}", start=start, end=end).replace("\u00a0", " ") == "9 h 00 – 10 h 30"


def test_a_form_comes_out_in_our_markup():
    html = render("{{ form }}", form=ExampleForm({"name": "", "motif": "km", "key": "k"}))
    assert '<label class="label" for="id_name">Nom</label>' in html
    name = re.findall(r'<input[^>]*name="name"[^>]*>', html)[0]
    assert 'class="input"' in name
    assert 'aria-invalid="true"' in name
    described = re.findall(r'aria-describedby="([^"]+)"', name)[0].split()
    assert all(f'id="{target}"' in html for target in described)
    assert len(described) == 2
    assert '<fieldset class="choices"><legend>Motif de refus</legend>' in html
    assert html.count('<input class="check" type="radio"') == 2
    assert re.findall(r'<input[^>]*type="radio"[^>]*value="km"[^>]*checked[^>]*>', html) != []
    assert re.findall(r'<label class="choice" for="id_agree"><input type="checkbox"[^>]*class="check"', html) != []
    assert html.count('type="hidden"') == 1


def test_a_refused_form_sums_up_what_is_wrong_with_links():
    html = component("form_errors", form=ExampleForm({"key": "k"}))
    assert "2 points sont à revoir" in html
    assert '<a href="#id_name">Nom</a>' in html
    assert component("form_errors", form=ExampleForm()).strip() == ""


def test_messages_say_their_kind_by_sign_and_colour():
    kinds = {
        constants.SUCCESS: "notice-good",
        constants.ERROR: "notice-stop",
        constants.WARNING: "notice-warn",
    }
    for level, css in kinds.items():
        html = component("messages", messages=[Message(level, "Trois visites.")])
        assert f'<p class="notice {css}">' in html
        assert "<span>Trois visites.</span>" in html


def test_the_portal_layout_shows_places_counts_and_who_is_signed_in():
    account = Account("Nadia Lemoine", "/compte/")
    html = render_to_string("layouts/intervenant.html", {"nav": NAV[:2], "account": account})
    assert 'data-portal="intervenant"' in html
    assert html.count('aria-current="page"') == 1
    assert "à valider\u00a0: </span>7</span>" in html
    assert "count-due" not in html, "nothing waits there"
    assert ">NL</span>" in html


def test_the_manager_layout_shows_branches():
    html = render_to_string("layouts/manager.html", {"nav": NAV, "account": Account("Claire", "/compte/", "Côte")})
    assert '<nav class="sidenav" id="menu" popover' in html
    assert "<details open>" in html
    assert 'popovertarget="menu"' in html


@pytest.mark.parametrize("layout", ["portal", "intervenant", "client", "manager", "signin"])
def test_a_layout_stands_without_context(layout):
    html = render_to_string(f"layouts/{layout}.html", {})
    assert "<main" in html
    assert 'id="contenu"' in html
    assert "htmx-2" in html


def test_the_foot_gives_the_agency_s_number():
    html = render_to_string("layouts/client.html", {"agence": {"name": "Rivage", "phone": "02 61 91 20 30"}})
    assert 'href="tel:0261912030"' in html


@pytest.mark.parametrize(("name", "initials"), [("Nadia Lemoine", "NL"), ("Mme Quéré", "QU"), ("M. René Noël", "RN")])
def test_initials_leave_the_civility_out(name, initials):
    assert Account(name, "/").initials == initials


def test_a_pager_shows_only_the_sides_that_exist():
    html = component("pager", summary="1 à 50", next_url="?after=x")
    assert 'rel="next" href="?after=x"' in html
    assert 'rel="prev"' not in html


def test_the_small_pieces_show_what_they_are_given():
    assert "<dt>Prévu</dt><dd>9 h</dd>" in component("facts", rows=[("Prévu", "9 h")])
    assert '<a class="button" href="/p/">Voir</a>' in component("empty", title="Rien", url="/p/", action="Voir")
    assert 'class="notice notice-warn"' in component("notice", text="Chevauche", kind="warn")
    entries = [
        {"status": "done", "title": "Réalisée", "by": "Nadia", "quote": "Thé."},
        {"title": "Mail", "by": "hier"},
    ]
    assert component("timeline", entries=entries).count("<li") == 2
    signatures = [{"name": "Nadia L.", "said": "a signé", "state": "signed", "status": "done"}]
    assert "is-signed" in component("signatures", signatures=signatures)
    undo = component("undo", text="3 validées", url="/u/", label="Reprendre", csrf_token="t", key="k")
    assert 'name="key" value="k"' in undo


def test_versions_mark_what_differs():
    versions = [
        {"title": "Prévu", "start": "9 h 00", "end": "10 h 30", "detail": "1 h 30"},
        {
            "title": "Proposé",
            "kind": "proposed",
            "start": "9 h 00",
            "end": "10 h",
            "end_differs": True,
            "detail": "1 h",
        },
        {"title": "Annulé", "kind": "proposed", "cancelled": True},
    ]
    html = component("versions", versions=versions, label="Les trois versions")
    assert html.count("<mark") == 2
    assert '<mark class="differs">10 h</mark>' in html
