"""Utilisateurs et droits: the list, an invitation, and what is done with somebody of the staff."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from interventions.models import Gestionnaire
from portals.web import second_factor
from tests import factories
from tests.factories import NOW
from tests.portals.accounts.factors import an_application
from tests.portals.leaks.cases import Case, words
from tests.portals.leaks.cases_registry import ADMINISTERS, BESIDE, ELSEWHERE
from tests.portals.leaks.people import Stage
from tests.portals.leaks.world import AGENCE, CLIENT


def a_colleague(stage: Stage, **fields: Any) -> Any:
    """Return somebody of the staff who has the home side's secteur only."""
    agence, name = stage.home.world.agence, f"{stage.home.said(CLIENT)}Collègue"
    known = Gestionnaire.objects.filter(agence=agence, last_name=name, **fields).first()
    return known or factories.a_gestionnaire(agence, secteurs=[stage.home.secteur], last_name=name, **fields)


def who_left(stage: Stage) -> Any:
    """Return a colleague who left."""
    return a_colleague(stage, ended_at=NOW)


def with_factor(stage: Stage) -> Any:
    """Return a colleague who has a second factor."""
    member = a_colleague(stage)
    if not second_factor.has_factor(member.user_id):
        an_application(member.user)
    return member


def page_of(of: Any) -> Any:
    """Return what finds the page of somebody of the staff."""
    return lambda stage, _url: reverse("gestion:staff-member", args=[of(stage).public_id])


NEW = words(last_name="Neuve", email="neuve@personnes.example")
CASES = [
    Case("gestion:staff", shows=AGENCE, open_to=frozenset({BESIDE, ELSEWHERE}), **ADMINISTERS),
    Case("gestion:staff-new", acts=True, enter=NEW, shows="", open_to=frozenset({ELSEWHERE}), **ADMINISTERS),
    Case("gestion:staff-member", of=a_colleague, **ADMINISTERS),
    Case("gestion:staff-change", of=a_colleague, acts=True, enter=words(first_name="Autre"), **ADMINISTERS),
    Case("gestion:staff-leave", of=a_colleague, acts=True, **ADMINISTERS),
    Case("gestion:staff-return", of=who_left, acts=True, form=page_of(who_left), shows="", **ADMINISTERS),
    Case("gestion:staff-anonymise", of=who_left, acts=True, enter=words(understood="on"), **ADMINISTERS),
    Case("gestion:staff-factor", of=with_factor, acts=True, **ADMINISTERS),
    Case("gestion:staff-sessions", of=a_colleague, acts=True, form=page_of(a_colleague), shows="", **ADMINISTERS),
]
