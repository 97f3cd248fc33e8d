"""What an agency needs before its first visits are validated: each step, whether it is done, where, by whom.

All of it is computed from what is there, in one statement (two for who has to ask somebody).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from interventions import inviting
from interventions.actor import Actor
from interventions.imports.asking import may_import
from interventions.inviting import Standing
from interventions.models import (
    Agence,
    Client,
    Contrat,
    ContratState,
    Gestionnaire,
    Intervenant,
    Intervention,
    Invitation,
    Motif,
    MotifKind,
    Prestation,
)
from interventions.states import Right
from portals.manager.waiting import size_of
from portals.web import format as fmt

NAMED = 3

type Figures = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `state` says in words how far it is, `links` (words, address) where it is done.

    `right` is what it takes; who has it not has no links, and `asks` names whom to ask.
    """

    title: str
    why: str
    state: str
    done: bool
    right: Right
    links: tuple[tuple[str, str], ...]
    asks: str = ""


def read(actor: Actor) -> list[Step]:
    """Return the steps in their order, as this manager sees them."""
    figures, asked = _figures(_lists(actor)), _who_may(actor)
    made = [
        _agence(actor),
        _prestations(actor, figures),
        _motifs(figures),
        _people(actor, figures),
        _contrats(actor, figures),
        _planning(actor, figures),
        _module(actor),
        _invitations(actor, figures),
    ]
    return [step if actor.has(step.right) else replace(step, links=(), asks=asked[step.right]) for step in made]


def _lists(actor: Actor) -> dict[str, Any]:
    """Return what is counted, each as a query of rows that the actor sees."""
    mine = {"agence_id": actor.agence_id}
    motifs = Motif.objects.filter(archived_at=None, **mine)
    clients = Client.objects.visible_to(actor).current()
    states = (ContratState.VALID, ContratState.SIGNED)
    usable = Contrat.objects.filter(agence=OuterRef("agence"), client=OuterRef("pk"), billable=True, state__in=states)
    visits = Exists(Intervention.objects.visible_to(actor))
    # Of colleagues only who may invite them hears.
    groups = [one for one in inviting.Group if one is not inviting.Group.GESTIONNAIRES or inviting.may(actor, one)]
    return {
        "prestations": Prestation.objects.filter(archived_at=None, **mine),
        "refus": motifs.filter(kind=MotifKind.REFUS),
        "annulation": motifs.filter(kind=MotifKind.ANNULATION),
        "intervenants": Intervenant.objects.visible_to(actor).current(),
        "clients": clients,
        "uncovered": clients.filter(~Exists(usable)),
        "planned": Agence.objects.filter(visits, pk=actor.agence_id),
        "invited": Invitation.objects.filter(**mine),
        **{group.name: inviting.people(actor, group).filter(standing=Standing.TO_INVITE) for group in groups},
    }


def _figures(lists: Mapping[str, Any]) -> Figures:
    parts = [size_of(found) for found in lists.values()]
    statement = ", ".join(part for part, _values in parts)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {statement}", [value for _part, values in parts for value in values])
        return dict(zip(lists, cursor.fetchone() or (), strict=True))


def _who_may(actor: Actor) -> dict[Right, str]:
    """Return whom to ask for each right, in words; nothing for who has both."""
    rights = {Right.ADMINISTER: "may_administer", Right.MANAGE: "may_manage"}
    if all(actor.has(right) for right in rights):
        return {}
    staff = Gestionnaire.objects.filter(
        Q(may_administer=True) | Q(may_manage=True), agence_id=actor.agence_id, ended_at=None, user__is_active=True
    )
    found = list(staff.order_by("sort_name", "id"))
    return {
        right: _names(str(member) for member in found if getattr(member, column)) for right, column in rights.items()
    }


def _names(names: Iterable[str]) -> str:
    known = list(names)
    return ", ".join(known[:NAMED]) + ("…" if len(known) > NAMED else "")


def _agence(actor: Actor) -> Step:
    known = ", ".join(part for part in (actor.agence.phone, actor.agence.email) if part)
    return Step(
        _("Votre agence"),
        _("Son téléphone et son adresse : chaque mail et chaque portail disent comment vous joindre."),
        known or _("Ni téléphone ni adresse e-mail"),
        bool(known),
        Right.ADMINISTER,
        (
            (_("Paramètres de l’agence"), reverse("gestion:settings") + "#agence"),
            (_("Logo, nom et signature des mails"), reverse("gestion:mail-words")),
        ),
    )


def _prestations(actor: Actor, figures: Figures) -> Step:
    count = figures["prestations"]
    return Step(
        _("Prestations"),
        _("Ce que vous faites chez vos clients. Vos fichiers de contrats et d’interventions les apportent aussi."),
        ngettext("%(n)s prestation", "%(n)s prestations", count) % {"n": fmt.number(count)},
        count > 0,
        Right.ADMINISTER,
        ((_("Entrer les prestations"), reverse("gestion:prestation-list")), *_imports(actor)),
    )


def _motifs(figures: Figures) -> Step:
    refus, annulation = figures["refus"], figures["annulation"]
    return Step(
        _("Motifs"),
        _("Les raisons parmi lesquelles vos clients choisissent quand ils modifient ou annulent une visite."),
        ngettext("%(n)s motif de refus", "%(n)s motifs de refus", refus) % {"n": fmt.number(refus)}
        + ", "
        + ngettext("%(n)s motif d’annulation", "%(n)s motifs d’annulation", annulation)
        % {"n": fmt.number(annulation)},
        bool(refus and annulation),
        Right.ADMINISTER,
        ((_("Relire les motifs"), reverse("gestion:motif-list")),),
    )


def _people(actor: Actor, figures: Figures) -> Step:
    clients, carers = figures["clients"], figures["intervenants"]
    return Step(
        _("Personnes"),
        _("Vos intervenants et vos clients, par fichier ou à la main."),
        ngettext("%(n)s intervenant", "%(n)s intervenants", carers) % {"n": fmt.number(carers)}
        + ", "
        + ngettext("%(n)s client", "%(n)s clients", clients) % {"n": fmt.number(clients)},
        bool(clients and carers),
        Right.MANAGE,
        (
            *_imports(actor),
            (_("Un intervenant à la main"), reverse("gestion:intervenant-new")),
            (_("Un client à la main"), reverse("gestion:client-new")),
        ),
    )


def _contrats(actor: Actor, figures: Figures) -> Step:
    without, clients = figures["uncovered"], figures["clients"]
    state = _("Chaque client a un contrat facturable") if clients else _("Aucun client encore")
    if without:
        said = ngettext(
            "%(n)s client n’a pas de contrat facturable", "%(n)s clients n’ont pas de contrat facturable", without
        )
        state = said % {"n": fmt.number(without)}
    return Step(
        _("Contrats"),
        _("Sans contrat facturable, une visite ne peut être ni déclarée ni validée."),
        state,
        clients > 0 and not without,
        Right.MANAGE,
        (*_imports(actor), (_("Un contrat à la main"), reverse("gestion:contrat-for-whom"))),
    )


def _planning(actor: Actor, figures: Figures) -> Step:
    planned = figures["planned"] > 0
    return Step(
        _("Planning"),
        _("Les visites prévues : qui vient, chez qui et quand, par fichier ou à la main."),
        _("Des visites sont prévues") if planned else _("Aucune visite encore"),
        planned,
        Right.MANAGE,
        (*_imports(actor), (_("Une visite à la main"), reverse("gestion:for-whom"))),
    )


def _module(actor: Actor) -> Step:
    on = actor.agence.module_enabled
    return Step(
        _("Validation depuis les portails"),
        _("Une fois activée, les intervenants déclarent, les clients valident, les mails partent."),
        _("Activée") if on else _("Désactivée"),
        on,
        Right.ADMINISTER,
        ((_("Ouvrir le réglage"), reverse("gestion:settings") + "#module"),),
    )


def _invitations(actor: Actor, figures: Figures) -> Step:
    waiting, invited = sum(figures.get(group.name, 0) for group in inviting.Group), figures["invited"]
    state = ngettext("%(n)s personne invitée", "%(n)s personnes invitées", invited) % {"n": fmt.number(invited)}
    if waiting:
        state += ", " + _("%(n)s à inviter") % {"n": fmt.number(waiting)}
    links = [(_("Inviter par mail"), reverse("gestion:invitations"))]
    if actor.has(Right.ADMINISTER):
        links.append((_("Ajouter un gestionnaire"), reverse("gestion:staff-new")))
    return Step(
        _("Invitations"),
        _("Un mail dit à chacun comment entrer : par un code, sans mot de passe."),
        state,
        invited > 0 and not waiting and figures["clients"] + figures["intervenants"] > 0,
        Right.MANAGE,
        tuple(links),
    )


def _imports(actor: Actor) -> tuple[tuple[str, str], ...]:
    return ((_("Envoyer des fichiers"), reverse("gestion:imports")),) if may_import(actor) else ()
