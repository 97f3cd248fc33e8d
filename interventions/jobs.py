"""Periodic work: what nobody has to press a button for. Each task may run at any time and any number of times."""

from __future__ import annotations

from datetime import datetime

from celery import shared_task
from django.utils.translation import gettext_lazy as _

from interventions import clock, day_totals, purging, reminders, runs, silence, unanswered
from interventions.erasure import retention
from interventions.models import Agence, JobRun
from interventions.planning import series
from interventions.runs import Job
from interventions.sealing import seal


def _extended(agence: Agence, now: datetime) -> int:
    outcome = series.extend(agence, now)
    return len(outcome.done) if outcome else 0


JOBS = {
    job.name: job
    for job in (
        Job("series", _("Séries"), _("Les visites qui se répètent sont planifiées plus avant."), _extended),
        Job(
            "ask_again",
            _("Réponses retirées"),
            _("Qui a retiré sa réponse et n’en a pas donné d’autre est questionné de nouveau."),
            reminders.ask_again,
        ),
        Job(
            "remind",
            _("Rappels"),
            _("Une visite en attente est rappelée au client, puis à ses proches, une fois à chacun."),
            reminders.remind,
        ),
        Job(
            "unanswered",
            _("Sans réponse"),
            _("Une visite restée sans réponse après les relances attend un gestionnaire, à l’Accueil."),
            unanswered.gather,
        ),
        Job(
            "validate_tacitly",
            _("Validation sans réponse"),
            _("Une visite restée sans réponse après un rappel est validée telle que déclarée."),
            silence.validate_tacitly,
        ),
        Job(
            "escalate",
            _("Transmission au gestionnaire"),
            _("Une modification restée sans réponse de l’intervenant passe au gestionnaire."),
            silence.escalate,
        ),
        Job(
            "purge",
            _("Nettoyage"),
            _("Mails de connexion et d’essai, liens, passages et fichiers qui ne servent plus sont effacés."),
            purging.of_agence,
        ),
        Job(
            "retention",
            _("Durées de conservation"),
            _("Textes, mots et personnes dont le temps est passé sont effacés ou anonymisés."),
            retention.part,
            in_parts=True,
        ),
        Job(
            "day_totals",
            _("Totaux"),
            _("Les totaux des jours, tenus avec chaque visite, sont rassemblés."),
            day_totals.gather,
        ),
    )
}
SESSIONS = Job("sessions", _("Sessions"), _("Les connexions finies sont oubliées."), does_for_all=purging.of_all)


@shared_task(ignore_result=True)
def run_jobs() -> int:
    """Run what is due, agency by agency, and return how many runs there were."""
    return len(run_due(clock.now()))


def run_due(now: datetime) -> list[JobRun]:
    """Run every job that is due at `now`, in the order in which one prepares the next; return the runs."""
    found = [runs.run(job, agence, now) for agence in Agence.objects.order_by("pk") for job in JOBS.values()]
    return [one for one in (*found, runs.run(SESSIONS, None, now)) if one is not None]


@shared_task(ignore_result=True)
def extend_series() -> int:
    """Plan the visits of every agency's series up to the horizon, and return how many were planned."""
    outcomes = (series.extend(agence, clock.now()) for agence in Agence.objects.order_by("pk"))
    return sum(len(outcome.done) for outcome in outcomes if outcome)


@shared_task(ignore_result=True)
def seal_journal() -> int:
    """Seal what has been written since, of every agency, and return how many entries that was."""
    return seal.seal_all(clock.now())
