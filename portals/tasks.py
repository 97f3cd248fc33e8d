"""Imports in the background: each step taken up under a lease, and begun again where a worker was killed."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.db import transaction
from django.utils.translation import gettext as _

from interventions import clock
from interventions.imports import work
from interventions.imports.asking import may_import
from interventions.models import ImportRequest
from interventions.states import Role
from interventions.tenancy import within
from portals.web.actors import actor_of

log = structlog.get_logger(__name__)


@shared_task(ignore_result=True)
def carry_on_imports() -> int:
    """Go on with every import that nobody works at, agency by agency, and return how many steps were done.

    Safe at any time and in any number at once: the rows are the work, this is only what looks at them.
    """
    done = 0
    for agence in work.agences_at_work().order_by("pk"):
        while (request := work.claim(agence, clock.now())) is not None:
            _carry_on(request)
            done += 1
    return done


def _carry_on(request: ImportRequest) -> None:
    """Do a step as whoever asked for it, with the rights that they have now."""
    with within(request.agence_id):
        user, now = request.gestionnaire.user, clock.now()
    actor = actor_of(user, Role.MANAGER, request.gestionnaire_id, now) if user else None
    if actor is None or not may_import(actor):
        work.fail(request, _("Les droits de la personne qui l’a demandé ont pris fin. Rien n’a été importé."))
        return
    try:
        work.carry_on(request, actor)
    except Exception:
        # One import that cannot go on must not hold up the others.
        log.exception("import_broke_off", request=request.pk)
        work.broke_off(request, _("Une erreur a arrêté l’import. Rien n’a été importé."))


def nudge() -> None:
    """Wake the worker once this transaction is committed. Nothing depends on it: the sweep finds it as well."""
    transaction.on_commit(_publish, robust=True)


def _publish() -> None:
    try:
        carry_on_imports.apply_async(retry=False, expires=60)
    except Exception as error:
        log.warning("nudge_lost", error=repr(error))
