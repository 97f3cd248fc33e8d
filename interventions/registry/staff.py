"""The agency's staff: invited, given rights, seen out and taken back by whoever administers; each press on record.

Who has some secteurs only answers for whom these alone concern, and gives no others. An agency is never left without
somebody who administers all of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from interventions.actor import Actor
from interventions.imports.accounts import account_ids, leave
from interventions.models import Agence, Gestionnaire, GestionnaireSecteur, RegistryStep, Secteur, User
from interventions.registry import staff_letters
from interventions.registry.recording import columns_of, content, record
from interventions.states import Right, Role

NOT_YOURS = gettext_lazy("Les utilisateurs et leurs droits reviennent à qui a l’administration.")
ALREADY = gettext_lazy("Cette adresse a déjà un accès à la gestion de votre agence.")
LEFT = gettext_lazy("Cette personne est partie : donnez-lui de nouveau accès depuis sa fiche, parmi les départs.")
GONE = gettext_lazy("Cette personne est partie.")
NOBODY = gettext_lazy("Cette personne a été anonymisée : invitez-la de nouveau.")
HERE = gettext_lazy("Cette personne a toujours accès.")
BEYOND = gettext_lazy("Vous donnez accès à vos secteurs seulement.")
NO_SECTEUR = gettext_lazy("Choisissez au moins un secteur.")
LAST = gettext_lazy("Personne d’autre n’administre toute l’agence : donnez d’abord ce droit à quelqu’un.")

ELSEWHERE = gettext_lazy(
    "Cette adresse n’ouvre pas que la gestion de votre agence : seul l’opérateur du service réinitialise son deuxième "
    "facteur."
)
OWN_FACTOR = gettext_lazy("Le vôtre se change depuis votre compte.")
OPERATOR = gettext_lazy("L’opérateur du service")

RIGHT_COLUMNS = ("may_manage", "may_arbitrate", "may_close", "may_unlock", "may_administer")

type Secteurs = Collection[int] | None


class Refused(Exception):
    """A press that does not go; its text is French and fit for the screen."""

    def __init__(self, words: Promise) -> None:
        super().__init__(str(words))
        self.words = words


def may_keep(actor: Actor) -> bool:
    """Return whether the actor has to do with users and rights."""
    return actor.role is Role.MANAGER and actor.has(Right.ADMINISTER)


def invite(actor: Actor, email: str, values: Mapping[str, Any], secteurs: Secteurs, at: datetime) -> Gestionnaire:
    """Open the desk to an address, and tell it by mail how to sign in; an unknown one gets its account.

    `values` are columns of a Gestionnaire (names and rights), `secteurs` the keys of theirs (None: all). The account
    has no password: the first sign-in is by a code. Raises Refused for who may not, for secteurs beyond the actor's,
    for an address that has or had its access.
    """
    with transaction.atomic():
        _hold(actor)
        _check_secteurs(actor, secteurs)
        return _admit(actor, email, values, secteurs, at)


def admit_first(actor: Actor, email: str, values: Mapping[str, Any], at: datetime) -> Gestionnaire:
    """Open the desk of an agency that nobody administers yet, with every right, as `invite` does; for the operator.

    `actor` is the system, `values` are names. Raises Refused for an address that has or had its access.
    """
    with transaction.atomic():
        return _admit(actor, email, {**values, **dict.fromkeys(RIGHT_COLUMNS, True)}, None, at)


def change(
    actor: Actor, member: Gestionnaire, values: Mapping[str, Any], secteurs: Secteurs, at: datetime
) -> list[str]:
    """Give a member these values and secteurs, from this moment on; return the columns that changed.

    Raises Refused like `invite`, and where nobody would be left who administers.
    """
    with transaction.atomic():
        _hold(actor)
        _check_secteurs(actor, secteurs)
        held = _held(actor, member, here=True)
        wanted = {**values, "all_secteurs": secteurs is None}
        changed = [name for name, value in wanted.items() if getattr(held, name) != value]
        if sorted(secteurs or ()) != _secteurs(held):
            changed.append("secteurs")
        if changed:
            before = _content(held, changed)
            _write(held, wanted, actor)
            _give(held, secteurs)
            after = _content(held, changed)
            record(held, RegistryStep.CHANGED, actor, at, before, after)
            staff_letters.tell_change(held, before, after, actor, at)
    return changed


def see_out(actor: Actor, member: Gestionnaire, at: datetime) -> None:
    """End a member's access at once, their sessions with the transaction. Raises Refused like `change`."""
    with transaction.atomic():
        _hold(actor)
        held = _held(actor, member, here=True)
        _write(held, {"ended_at": at}, actor)
        record(held, RegistryStep.ARCHIVED, actor, at, {"ended_at": None}, {"ended_at": at})
        staff_letters.tell_end(held, actor, at)
        leave([held.user_id])


def take_back(actor: Actor, member: Gestionnaire, at: datetime) -> None:
    """Give who left the access that they had, and tell them by mail. Raises Refused like `change`."""
    with transaction.atomic():
        _hold(actor)
        held = _held(actor, member, here=False)
        if held.anonymised_at:
            raise Refused(NOBODY)
        before = held.ended_at
        _write(held, {"ended_at": None}, actor)
        record(held, RegistryStep.RESTORED, actor, at, {"ended_at": before}, {"ended_at": None})
        staff_letters.tell(held, actor, at)


def sign_out(actor: Actor, member: Gestionnaire, at: datetime) -> None:
    """Put on record that sessions of a member are ended; whoever keeps sessions does it. Raises Refused."""
    with transaction.atomic():
        _hold(actor)
        record(_held(actor, member, here=None), RegistryStep.SIGNED_OUT, actor, at, {}, {})


def reset_factor(actor: Actor, member: Gestionnaire, at: datetime, *, enters_elsewhere: bool) -> None:
    """Put on record that a member's lost second factor is taken away, and tell them; whoever keeps factors does it.

    An account is one for all that its address opens: where that is another desk too, or the operator's, this agency
    alone does not lower its protection (`enters_elsewhere`). Raises Refused like `change`.
    """
    if member.pk == actor.gestionnaire_id:
        raise Refused(OWN_FACTOR)
    with transaction.atomic():
        _hold(actor)
        held = _held(actor, member, here=True)
        if enters_elsewhere:
            raise Refused(ELSEWHERE)
        record(held, RegistryStep.FACTOR_RESET, actor, at, {}, {})
        staff_letters.tell_reset(held, actor.name, at)


def note_reset_by_operator(member: Gestionnaire, at: datetime) -> None:
    """Put on record at a member's agency that the operator did it, and tell them on its paper."""
    by = str(OPERATOR)
    record(member, RegistryStep.FACTOR_RESET, Actor(member.agence, Role.SYSTEM, name=by), at, {}, {})
    staff_letters.tell_reset(member, by, at)


def rights_of(member: Gestionnaire) -> list[str]:
    """Return what a member may do, in words; lecture comes with being one."""
    held = [name for name in RIGHT_COLUMNS if getattr(member, name)]
    return [str(gettext_lazy("lecture")), *(str(member._meta.get_field(name).verbose_name) for name in held)]  # type: ignore[union-attr]


def _hold(actor: Actor) -> None:
    """Let one press on the staff of an agency through at a time, by who still administers it."""
    Agence.objects.select_for_update(no_key=True).get(pk=actor.agence_id)
    still = Gestionnaire.objects.filter(pk=actor.gestionnaire_id or 0, ended_at=None, may_administer=True)
    if not may_keep(actor) or not still.exists():
        raise Refused(NOT_YOURS)


def _admit(actor: Actor, email: str, values: Mapping[str, Any], secteurs: Secteurs, at: datetime) -> Gestionnaire:
    user = User.objects.get(pk=account_ids([email])[email])
    known = Gestionnaire.objects.filter(agence_id=actor.agence_id, user=user).first()
    if known is not None:
        raise Refused(ALREADY if known.ended_at is None else LEFT)
    made = Gestionnaire(agence_id=actor.agence_id, user=user, all_secteurs=secteurs is None, **values)
    made.save(force_insert=True)
    _give(made, secteurs)
    after = _content(made, [*columns_of(made), "secteurs"])
    record(made, RegistryStep.CREATED, actor, at, {}, after)
    staff_letters.tell(made, actor, at)
    return made


def _check_secteurs(actor: Actor, secteurs: Secteurs) -> None:
    if secteurs is None:
        if actor.secteur_ids is not None:
            raise Refused(BEYOND)
        return
    if not secteurs:
        raise Refused(NO_SECTEUR)
    if Secteur.objects.visible_to(actor).filter(pk__in=secteurs).count() != len(set(secteurs)):
        raise Refused(BEYOND)


def _held(actor: Actor, member: Gestionnaire, *, here: bool | None) -> Gestionnaire:
    """Return a member whom the actor may see, locked and read anew; `here` says whether they must have access."""
    seen: Any = Gestionnaire.objects.visible_to(actor).select_related("user")
    held: Gestionnaire | None = seen.select_for_update(of=("self",)).filter(pk=member.pk).first()
    if held is None:
        raise Refused(NOT_YOURS)
    if here is not None and here != (held.ended_at is None):
        raise Refused(GONE if here else HERE)
    return held


def _write(held: Gestionnaire, values: Mapping[str, Any], actor: Actor) -> None:
    """Save columns, unless that left nobody who administers the agency as somebody did before."""
    before = _administrators(actor)
    for name, value in values.items():
        setattr(held, name, value)
    held.save(update_fields=[*values])
    after = _administrators(actor)
    if (before and not after) or (True in before and True not in after):
        raise Refused(LAST)


def _administrators(actor: Actor) -> list[bool]:
    """Return, for each who administers and can sign in, whether they do it for all secteurs."""
    found = Gestionnaire.objects.filter(agence_id=actor.agence_id, ended_at=None, may_administer=True)
    return list(found.filter(user__is_active=True).values_list("all_secteurs", flat=True))


def _give(member: Gestionnaire, secteurs: Secteurs) -> None:
    rows = GestionnaireSecteur.objects.filter(agence_id=member.agence_id, gestionnaire=member)
    rows.exclude(secteur__in=secteurs or ()).delete()
    missing = set(secteurs or ()) - set(rows.values_list("secteur", flat=True))
    GestionnaireSecteur.objects.bulk_create(
        GestionnaireSecteur(agence_id=member.agence_id, gestionnaire=member, secteur_id=key) for key in sorted(missing)
    )


def _secteurs(member: Gestionnaire) -> list[int]:
    given = GestionnaireSecteur.objects.filter(agence_id=member.agence_id, gestionnaire=member)
    return sorted(given.values_list("secteur", flat=True))


def _content(member: Gestionnaire, names: Collection[str]) -> dict[str, Any]:
    """Return columns as the record holds them, and the secteurs by their keys."""
    found = content(member, [name for name in names if name != "secteurs"])
    return found | {"secteurs": _secteurs(member)} if "secteurs" in names else found
