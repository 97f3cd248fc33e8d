"""The cards of Mes interventions: their fields are those of the form, whatever stands in them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.template.loader import get_template
from django.test import Client
from django.utils import timezone

from interventions.models import Intervention
from portals.intervenant.declarations import DeclarationForm
from portals.intervenant.written import fields
from tests.factories import NOW, World

BAD = '<b>"Léa" & l\'autre\n\ue000km\ue001'


@pytest.mark.parametrize(("km", "comment", "chips"), [("0", "", ""), ("2.5", BAD, '<b>"Léa" & fils\nRetard')])
def test_the_fields_of_a_fresh_card_are_the_forms(world: World, km: str, comment: str, chips: str) -> None:
    world.agence.quick_comments = chips
    world.agence.save()
    visit: Any = world.visit()
    Intervention.objects.filter(pk=visit.pk).update(planned_km=Decimal(km), comment=comment)
    visit.refresh_from_db()
    with timezone.override(world.agence.zone):
        form = DeclarationForm(visit=visit, actor=world.as_intervenant, now=NOW)
        assert fields(form) == get_template("intervenant/entry_fields.html").render({"form": form})


def test_a_name_is_escaped_wherever_it_stands(world: World, portal: Client) -> None:
    world.client.last_name = '<i>"O\'Neil" & fils'
    world.client.save()
    world.visit()
    shown = portal.get("/intervenant/interventions/").text
    assert "<i>" not in shown
    assert shown.count("&lt;i&gt;&quot;O&#x27;Neil&quot; &amp; fils") == 5
