"""The source counts in French, and Django's own texts stay as they are."""

from django.template import Context, Template
from django.utils.translation import gettext, ngettext


def test_nothing_and_one_are_singular() -> None:
    said = [ngettext("%(n)d visite", "%(n)d visites", n) % {"n": n} for n in (0, 1, 2, 100)]
    assert said == ["0 visite", "1 visite", "2 visites", "100 visites"]


def test_templates_count_alike() -> None:
    source = "{% load i18n %}{% blocktranslate count n=n %}{{ n }} an{% plural %}{{ n }} ans{% endblocktranslate %}"
    assert [Template(source).render(Context({"n": n})) for n in (0, 1, 2)] == ["0 an", "1 an", "2 ans"]


def test_djangos_own_texts_are_still_french() -> None:
    assert gettext("This field is required.") == "Ce champ est obligatoire."
