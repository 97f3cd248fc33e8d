"""Visits for several processes to quarrel over. Run inside the service's own environment: `manage.py shell`."""

import json
from datetime import timedelta

from interventions import clock, operations
from interventions.states import Action, Origin
from interventions.tenancy import within
from tests import factories
from tests.factories import World

PASSWORD = "un-mot-de-passe-sûr"


def load(sizes: list[int]) -> None:
    """Create an agency whose lots of more than 5 visits are the workers', and print what the tests press on."""
    agence = factories.an_agence(background_from=5)
    with within(agence.pk):
        world = factories.a_world_of(agence)
        world.now = clock.now() - timedelta(hours=1)
        user = world.gestionnaire.user
        assert user is not None
        user.set_password(PASSWORD)
        user.save()
        lots = [_declared(world, size) for size in sizes]
    print(json.dumps({"login": user.email, "agence": world.agence.pk, "lots": lots}))  # noqa: T201


def _declared(world: World, size: int) -> list[str]:
    """Plan and declare visits of yesterday at a client's of their own; return what their checkboxes would send."""
    begins, client = world.now - timedelta(days=1), factories.a_client(world.agence)
    contrat = factories.a_contrat(client, world.prestation)
    new = operations.NewVisit(
        client_id=client.pk,
        prestation_id=world.prestation.pk,
        contrat_id=contrat.pk,
        intervenant_id=world.intervenant.pk,
        start=begins,
        end=begins + timedelta(hours=1),
        origin=Origin.PLANNING,
    )
    plans = [operations.Change(Action.PLAN, new=new)] * size
    planned = operations.apply(plans, actor=world.as_manager, at=begins, key=factories.key())
    acts = [operations.Change(Action.COMPLETE, row.intervention_id) for row in planned.rows]
    done = operations.apply(acts, actor=world.as_intervenant, at=world.now, key=factories.key())
    assert not done.refused, done.refused[:3]
    visits = [factories.visit_of(done, place) for place in range(size)]
    return [f"{visit.public_id}:{visit.version}" for visit in visits]
