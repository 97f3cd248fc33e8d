"""What a form of settings would change, said before it is saved: on last month's visits, and on those that wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from interventions import silence
from interventions.guards import Guard
from interventions.hindsight import months, questions
from interventions.hindsight.months import Month
from interventions.hindsight.questions import Question
from interventions.models import Agence
from interventions.paid_hours import HourKind
from interventions.states import Action, Role
from portals.web import format as fmt


@dataclass(frozen=True, slots=True)
class Said:
    """A question and how its answer is said, without a full stop: `words` takes the figure."""

    question: Question
    words: Callable[[int], str]
    figure: Callable[[int], str] = fmt.number


@dataclass(frozen=True, slots=True)
class Effect:
    """What the page shows: the month that was looked at, its visits, a sentence a question, what happens by itself."""

    month: date
    visits: int
    sentences: Sequence[str]
    next_run: Sequence[str] = ()


def _tacit(n: int) -> str:
    return ngettext(
        "%(n)s visite aurait été validée sans réponse du client",
        "%(n)s visites auraient été validées sans réponse du client",
        n,
    )


def _unanswered(n: int) -> str:
    return ngettext(
        "%(n)s visite aurait pu être validée à la place d’un client resté sans réponse",
        "%(n)s visites auraient pu être validées à la place d’un client resté sans réponse",
        n,
    )


def _escalated(n: int) -> str:
    return ngettext(
        "%(n)s modification serait passée au gestionnaire", "%(n)s modifications seraient passées au gestionnaire", n
    )


def _reminded(n: int) -> str:
    return ngettext(
        "%(n)s visite aurait été rappelée au client ou à un proche",
        "%(n)s visites auraient été rappelées au client ou à un proche",
        n,
    )


def _same_day(n: int) -> str:
    return ngettext(
        "%(n)s visite aurait pu être déclarée le jour même", "%(n)s visites auraient pu être déclarées le jour même", n
    )


def _withdrawn(n: int) -> str:
    return ngettext(
        "%(n)s déclaration reprise par son intervenant l’aurait été trop tard",
        "%(n)s déclarations reprises par leur intervenant l’auraient été trop tard",
        n,
    )


def _retracted(n: int) -> str:
    return ngettext(
        "%(n)s réponse reprise par le client l’aurait été trop tard",
        "%(n)s réponses reprises par le client l’auraient été trop tard",
        n,
    )


def _disputed(n: int) -> str:
    return ngettext(
        "%(n)s contestation d’une annulation serait venue trop tard",
        "%(n)s contestations d’une annulation seraient venues trop tard",
        n,
    )


def _objected(n: int) -> str:
    return ngettext(
        "%(n)s contestation d’une validation serait venue trop tard",
        "%(n)s contestations d’une validation seraient venues trop tard",
        n,
    )


def _guarded(n: int) -> str:
    return ngettext(
        "%(n)s réponse d’un client qui a un tuteur aurait été refusée",
        "%(n)s réponses de clients qui ont un tuteur auraient été refusées",
        n,
    )


def _gaps(n: int) -> str:
    return ngettext(
        "%(n)s déclaration aurait été signalée pour son écart au prévu",
        "%(n)s déclarations auraient été signalées pour leur écart au prévu",
        n,
    )


def _far(n: int) -> str:
    return ngettext(
        "%(n)s déclaration aurait été signalée pour ses kilomètres",
        "%(n)s déclarations auraient été signalées pour leurs kilomètres",
        n,
    )


def _night(minutes: int) -> str:
    return ngettext(
        "%(n)s aurait compté comme heures de nuit", "%(n)s auraient compté comme heures de nuit", minutes // 60
    )


def _holiday(minutes: int) -> str:
    return ngettext(
        "%(n)s aurait compté comme heures de jour férié",
        "%(n)s auraient compté comme heures de jour férié",
        minutes // 60,
    )


def _module(n: int) -> str:
    return ngettext(
        "%(n)s action des portails aurait été refusée", "%(n)s actions des portails auraient été refusées", n
    )


# What is asked for each form, by its name.
ASKED: Mapping[str, Sequence[Said]] = {
    "module": (Said(questions.refused_by_module, _module),),
    "declaration": (
        Said(questions.declared_at_once, _same_day),
        Said(questions.late(Action.WITHDRAW, Guard.UNDO_WINDOW, Role.INTERVENANT), _withdrawn),
    ),
    "reponses": (
        Said(questions.late(Action.RETRACT, Guard.RETRACT_WINDOW, Role.CLIENT), _retracted),
        Said(questions.late(Action.DISPUTE_CANCELLATION, Guard.DISPUTE_WINDOW, Role.CLIENT), _disputed),
        Said(questions.late(Action.OBJECT, Guard.OBJECT_WINDOW, Role.CLIENT), _objected),
        Said(questions.by_guarded_clients, _guarded),
    ),
    "relances": (Said(questions.reminded, _reminded),),
    "silence": (Said(questions.validated_tacitly, _tacit), Said(questions.unanswered, _unanswered)),
    "transmission": (Said(questions.escalated, _escalated),),
    "saisie": (Said(questions.gaps, _gaps), Said(questions.far, _far)),
    "heures": (
        Said(questions.minutes_of(HourKind.NIGHT), _night, fmt.duration),
        Said(questions.minutes_of(HourKind.HOLIDAY), _holiday, fmt.duration),
    ),
}


def effect(name: str, agence: Agence, wanted: Agence, now: datetime) -> Effect:
    """Return what a form's settings would have made of last month, beside the agency's present ones.

    `wanted` is the agency with the values typed, not saved. One read of the month, whatever is asked.
    """
    month = months.read(agence, months.before(agence, now), now)
    sentences = [_sentence(said, month, agence, wanted) for said in ASKED[name]] if month.visits else []
    return Effect(month.first, month.visits, sentences, list(_next_run(name, wanted, now)))


def _sentence(said: Said, month: Month, agence: Agence, wanted: Agence) -> str:
    was, would = said.question(month, agence), said.question(month, wanted)
    words = said.words(would) % {"n": said.figure(would)}
    if was == would:
        return _("%(words)s, comme avec le réglage actuel.") % {"words": words}
    return _("%(words)s, au lieu de %(was)s.") % {"words": words, "was": said.figure(was)}


def _next_run(name: str, wanted: Agence, now: datetime) -> Iterator[str]:
    """Say what the daily job would do at once to the visits that wait today."""
    if name == "silence" and (n := len(silence.going(wanted, Action.VALIDATE_TACITLY, now))):
        yield ngettext(
            "Aujourd’hui, %(n)s visite qui attend serait validée au prochain passage.",
            "Aujourd’hui, %(n)s visites qui attendent seraient validées au prochain passage.",
            n,
        ) % {"n": fmt.number(n)}
    if name == "transmission" and (n := len(silence.going(wanted, Action.ESCALATE, now))):
        yield ngettext(
            "Aujourd’hui, %(n)s modification qui attend passerait au gestionnaire au prochain passage.",
            "Aujourd’hui, %(n)s modifications qui attendent passeraient au gestionnaire au prochain passage.",
            n,
        ) % {"n": fmt.number(n)}
