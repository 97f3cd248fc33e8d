"""What is past its time goes, kind by kind, by each agency's own terms; the rest stays, and so does what counts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from interventions import jobs, purging, runs
from interventions.erasure import retention
from interventions.erasure.erasing import erasing
from interventions.models import (
    Access,
    Agence,
    Client,
    Deliberation,
    Gestionnaire,
    Import,
    Intervenant,
    Intervention,
    JobRun,
    JournalText,
    Mail,
    Sensitive,
    User,
)
from interventions.sealing import verify
from tests.factories import NOW, World, a_user, a_world
from tests.interventions import replay
from tests.interventions.erasure.conftest import LATER, Lived, a_life
from tests.interventions.erasure.test_anonymise import everything, totals

JOB = jobs.JOBS["retention"]
YEAR = timedelta(days=366)


def after(years: int) -> datetime:
    """Return ten o'clock, so many years after the visits were told of."""
    return LATER.replace(year=LATER.year + years, hour=9)


def texts_left(world: World) -> tuple[int, int, int, int]:
    """Return how many mails, texts, visits and délibérations of an agency still say something."""
    own = {"agence": world.agence}
    return (
        Mail.objects.filter(**own).exclude(text="").count(),
        JournalText.objects.filter(**own).exclude(salt=b"").count(),
        Intervention.objects.filter(**own).exclude(comment="", ordre_de_mission="").count(),
        Deliberation.objects.filter(**own).exclude(grounds="").count(),
    )


def test_words_go_once_their_time_is_over_and_what_counts_stays(lived: Lived) -> None:
    world = lived.world
    before, counted = texts_left(world), totals(world.agence)
    assert min(before) > 0
    runs.run(JOB, world.agence, after(4))
    assert texts_left(world) == before
    told = runs.run(JOB, world.agence, after(6))
    assert texts_left(world) == (0, 0, 0, 0)
    assert told is not None
    assert told.done > sum(before[1:])
    assert totals(world.agence) == counted
    assert list(verify.faults(world.agence)) == []
    for visit in lived.visits:
        replay.check(visit)
    assert Client.objects.get(pk=world.client.pk).last_name == "Bellerophon"


def test_each_agency_s_own_terms_hold_for_it_alone(lived: Lived) -> None:
    other = a_life(a_world())
    other.close()
    Agence.objects.filter(pk=lived.world.agence.pk).update(mail_years=1, words_years=10)
    kept = texts_left(other.world)
    for agence in Agence.objects.filter(pk__in=[lived.world.agence.pk, other.world.agence.pk]):
        runs.run(JOB, agence, after(2))
    assert texts_left(lived.world)[0] == 0
    assert texts_left(lived.world)[1:] == kept[1:]
    assert texts_left(other.world) == kept


def test_what_is_open_or_undecided_keeps_its_words(db: None) -> None:
    lived = a_life(a_world())
    runs.run(JOB, lived.world.agence, after(9))
    assert texts_left(lived.world)[0] == 0
    assert min(texts_left(lived.world)[1:]) > 0


def test_who_left_long_ago_is_anonymised_and_who_still_has_something_is_not(lived: Lived) -> None:
    world = lived.world
    waiting = a_life(a_world())
    Client.objects.filter(pk=waiting.world.client.pk).update(archived_at=LATER)
    for agence in (world.agence, waiting.world.agence):
        runs.run(JOB, agence, after(9))
    assert Client.objects.filter(anonymised_at=None).count() == 2
    for agence in (world.agence, waiting.world.agence):
        runs.run(JOB, agence, after(11))
    assert Client.objects.get(anonymised_at=None).pk == waiting.world.client.pk
    assert Intervenant.objects.get(pk=world.intervenant.pk).anonymised_at is not None
    assert Gestionnaire.objects.filter(anonymised_at=None).count() == 2
    assert list(verify.faults(world.agence)) == []


def test_it_goes_part_by_part_and_goes_on_where_it_was_cut_off(lived: Lived, monkeypatch: Any) -> None:
    monkeypatch.setattr(retention, "AT_MOST", 2)
    world, at = lived.world, after(6)
    whole = sum(texts_left(world))
    assert retention.part(world.agence, at) == 2  # and the worker is killed
    assert sum(texts_left(world)) >= whole - 2
    first = runs.run(JOB, world.agence, at)
    assert first is not None
    assert texts_left(world) == (0, 0, 0, 0)
    assert runs.run(JOB, world.agence, at) is None  # a second scheduler
    assert JobRun.objects.filter(agence=world.agence, name="retention").count() == 1


def test_a_part_asks_the_same_number_of_statements_however_many_rows(lived: Lived) -> None:
    def statements(kind: Any) -> int:
        with CaptureQueriesContext(connection) as found:
            assert kind(lived.world.agence, after(6)) > 0
        return len(found)

    with erasing():
        assert [statements(kind) for kind in retention.KINDS[:4]] == [5, 2, 2, 2]


def test_looks_go_after_the_days_that_the_agency_chose(lived: Lived) -> None:
    agence = lived.world.agence
    Access.objects.create(
        agence=agence, at=NOW, actor_name="Claire", role="manager", what=Sensitive.PERSON, about="Mme Quéré",
        about_id=lived.world.client.public_id,
    )  # fmt: skip
    agence.access_days = 180
    purging.of_agence(agence, NOW + timedelta(days=179))
    assert Access.objects.count() == 1
    purging.of_agence(agence, NOW + timedelta(days=181))
    assert not Access.objects.exists()


def test_calendars_of_people_put_away_and_accounts_of_nobody_end(lived: Lived) -> None:
    row, idle, used = lived.world.intervenant, a_user(), lived.world.client.user
    Intervenant.objects.filter(pk=row.pk).update(calendar_digest="d" * 64, calendar_since=NOW)
    User.objects.update(date_joined=NOW)
    Import.objects.update(report={"kept_values": [{"file": "Bellerophon"}]}, at=LATER - timedelta(days=31))
    purging.of_agence(lived.world.agence, LATER)
    assert Import.objects.get().report == {}
    assert Intervenant.objects.get(pk=row.pk).calendar_digest is None
    purging.of_all(NOW + YEAR - timedelta(days=3))
    assert User.objects.get(pk=idle.pk).email == idle.email
    purging.of_all(NOW + YEAR)
    assert User.objects.get(pk=idle.pk).email.endswith("@anonyme.invalid")
    assert used is not None
    assert User.objects.get(pk=used.pk).email == used.email
    assert idle.email not in everything()
