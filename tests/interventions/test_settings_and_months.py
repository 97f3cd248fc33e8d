"""The agency's settings and months: who may change them, what is recorded, and what a press would answer before it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from interventions import operations
from interventions.actor import Actor
from interventions.guards import Guard
from interventions.models import Agence, Motif, Period, PeriodEntry, SettingEntry
from interventions.operations import Change, agences, periods
from interventions.operations.deciding import Refused
from interventions.states import Action, Right
from tests.factories import World, a_gestionnaire, a_secteur, a_world, actor_of, an_agence
from tests.interventions import acts

pytestmark = pytest.mark.django_db

NOVEMBER = date(2026, 11, 1)


@pytest.fixture
def world() -> World:
    return a_world()


def without(world: World, right: Right) -> Actor:
    """The world's manager, but for one right."""
    return replace(world.as_manager, rights=world.as_manager.rights - {right})


def test_a_new_agency_has_its_motifs_in_order() -> None:
    made = an_agence(first_day=True)
    motifs = list(Motif.objects.filter(agence=made).order_by("kind", "position").values_list("kind", "position"))
    refus, annulation = len(agences.REFUS), len(agences.ANNULATION)
    assert motifs == [*(("annulation", at) for at in range(annulation)), *(("refus", at) for at in range(refus))]
    opened = Motif.objects.filter(agence=made, kind="refus").order_by("position")
    assert list(opened.values_list("label", "opens_hours", "opens_km")) == [tuple(row) for row in agences.REFUS]
    billed = Motif.objects.filter(agence=made, kind="annulation").order_by("position")
    assert list(billed.values_list("label", "billed", "paid")) == [tuple(row) for row in agences.ANNULATION]
    assert operations.create_agence("Agence neuve").first_day is True


def test_settings_are_chosen_by_who_administers_and_recorded_with_what_stood_before(world: World) -> None:
    with pytest.raises(Refused) as refused:
        agences.choose(without(world, Right.ADMINISTER), {"tacit_days": 9}, world.now)
    assert refused.value.guard is Guard.RIGHT
    before, actor = world.agence.tacit_days, world.as_manager
    kept = {"tacit_days": before + 1, "tacit_enabled": world.agence.tacit_enabled}
    assert agences.choose(actor, kept, world.now) == ["tacit_days"]
    assert agences.choose(actor, kept, world.now) == []
    assert actor.agence.tacit_days == Agence.objects.get(pk=world.agence.pk).tacit_days == before + 1
    written = SettingEntry.objects.values("agence", "at", "actor_id_kept", "actor_name", "role", "before", "after")
    assert list(written) == [
        {
            "agence": world.agence.pk,
            "at": world.now,
            "actor_id_kept": actor.user_id,
            "actor_name": actor.name,
            "role": "manager",
            "before": {"tacit_days": before},
            "after": {"tacit_days": before + 1},
        }
    ]


def test_silence_counts_from_when_the_module_came_on_again_and_only_then(world: World) -> None:
    def since() -> Any:
        return Agence.objects.get(pk=world.agence.pk).module_enabled_at

    actor, before, later = world.as_manager, since(), world.now + timedelta(days=3)
    agences.set_module(actor, True, later)
    assert since() == before  # it was on
    agences.set_module(actor, False, later)
    assert (since(), Agence.objects.get(pk=world.agence.pk).module_enabled) == (before, False)
    agences.set_module(actor, True, later)
    assert since() == actor.agence.module_enabled_at == later


def test_a_month_is_closed_and_reopened_by_who_may_for_all_secteurs(world: World) -> None:
    limited = actor_of(a_gestionnaire(world.agence, secteurs=[a_secteur(world.agence)]))
    for actor in (limited, without(world, Right.CLOSE)):
        with pytest.raises(Refused) as refused:
            periods.close_month(actor, NOVEMBER, world.now)
        assert refused.value.guard is Guard.RIGHT
    closed = periods.close_month(without(world, Right.UNLOCK), date(2026, 11, 17), world.now, {"visits": 3})
    assert (closed.month, closed.closed_at, closed.closed_by_id) == (NOVEMBER, world.now, world.gestionnaire.user_id)
    later = world.now + timedelta(hours=1)
    assert periods.close_month(world.as_manager, NOVEMBER, later).closed_at == world.now
    for actor in (limited, without(world, Right.UNLOCK)):
        with pytest.raises(Refused) as refused:
            periods.reopen_month(actor, NOVEMBER, later)
        assert refused.value.guard is Guard.RIGHT
    opened = periods.reopen_month(without(world, Right.CLOSE), NOVEMBER, later, "Oubli")
    assert (opened.closed_at, opened.closed_by_id) == (None, None)
    assert Period.objects.values_list("agence", "month", "closed_at", "closed_by").get() == (
        world.agence.pk,
        NOVEMBER,
        None,
        None,
    )
    entries = PeriodEntry.objects.order_by("pk").values_list(
        "month", "closes", "at", "actor_id_kept", "figures", "reason"
    )
    who = world.gestionnaire.user_id
    assert list(entries) == [
        (NOVEMBER, True, world.now, who, {"visits": 3}, ""),
        (NOVEMBER, False, later, who, {}, "Oubli"),
    ]


def test_a_preview_names_what_would_go_and_what_would_not_and_writes_nothing(world: World) -> None:
    goes, stays, strange = world.visit(), acts.draft(world, start="14:00"), a_world().visit()
    before = [acts.written(visit) for visit in (goes, stays)]
    changes = [Change(Action.COMPLETE, visit.pk) for visit in (stays, goes, strange)]
    seen = operations.preview(changes, actor=world.as_intervenant, at=world.now)
    assert [(row.intervention_id, row.done, row.refusal) for row in seen.answers] == [
        (stays.pk, False, Guard.UNKNOWN),
        (goes.pk, True, None),
        (strange.pk, False, Guard.UNKNOWN),
    ]
    assert [row.id for row in seen.going] == [goes.pk]
    assert [row.intervention_id for row in seen.refused] == [stays.pk, strange.pk]
    assert [(row.from_status, row.to_status) for row in seen.answers] == [("", ""), ("planned", "done"), ("", "")]
    assert [acts.written(visit) for visit in (goes, stays)] == before
    assert operations.preview([], actor=world.as_intervenant, at=world.now).answers == []
