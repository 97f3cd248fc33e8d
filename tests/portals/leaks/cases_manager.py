"""The desk, and the tracking of validations."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from django.db.models import F
from django.urls import reverse

from interventions.models import Attachment, Fate, Mail, MailLine
from interventions.states import Action
from portals.manager.act_list import ACTS
from tests.portals.leaks import cases_people, cases_registry, cases_staff
from tests.portals.leaks.cases import Case, Entered, visit, words
from tests.portals.leaks.forms import Form
from tests.portals.leaks.people import Stage
from tests.portals.leaks.world import (
    AGENCE,
    CARER,
    CLIENT,
    VISIT,
    a_closed_month,
    a_lot,
    a_lot_at_work,
    a_selection,
    a_view,
    an_export,
)

REASON = words(reason="Il le faut.")
DUE = date(2026, 5, 1)
ELSEWHERE = frozenset({"manager of another agency"})
MANAGES: dict[str, Any] = {"owner": "manager", "right": "may_manage"}


def chosen(**texts: str) -> Entered:
    """Return what takes the last choice of a menu called motif, and fills in these fields."""
    return lambda _stage, form: {"motif": form.offered["motif"][-1], **texts}


def carer(stage: Stage, _form: Form) -> dict[str, Any]:
    """Choose the home side's intervenant."""
    return {"intervenant": stage.home.world.intervenant.pk}


def hours_motif(stage: Stage, _form: Form) -> dict[str, Any]:
    """Shorten the visit, as the client says by phone."""
    motif = stage.home.world.motif(kind="refus", opens_hours=True)
    return {"motif": motif.pk, "end": "09:45", "ground": "phone"}


def a_scan(stage: Stage) -> Any:
    """Return the scan that the agency kept when it validated in the client's place."""
    return Attachment.objects.get(intervention=stage.home.visits["for client"])


def a_visit(stage: Stage, _form: Form) -> dict[str, Any]:
    """Plan a visit."""
    world = stage.home.world
    what = {"prestation": world.prestation.pk, "contrat": world.contrat.pk, "intervenant": world.intervenant.pk}
    return what | {"start": "21:00", "end": "22:00"}


def mandate(stage: Stage) -> Any:
    """Return the mandate of the home side's proche."""
    return stage.home.world.proche


# Each act with the visit that it may be done on, and what is filled in.
ON: dict[Action, tuple[str, Entered | None]] = {
    Action.ASSIGN: ("draft", carer),
    Action.MOVE: ("planned", words(km="3,5")),
    Action.UNASSIGN: ("planned", REASON),
    Action.ATTACH: ("loose", None),
    Action.ADMIT: ("unattached", None),
    Action.COMPLETE_FOR_INTERVENANT: ("planned", REASON),
    Action.VALIDATE_FOR_CLIENT: ("done", words(ground="phone")),
    Action.CONTEST: ("done", hours_motif),
    Action.CANCEL_BY_CLIENT: ("done", chosen(ground="phone")),
    Action.RETRACT: ("contested", REASON),
    Action.SEND_BACK: ("done", REASON),
    Action.ESCALATE: ("contested", REASON),
    Action.CANCEL: ("planned", chosen()),
    Action.SET_MOTIF: ("cancelled", chosen()),
    Action.REOPEN: ("validated", REASON),
}


def at_work(stage: Stage, _url: str) -> str:
    """Return the page of a lot that is at work."""
    return reverse("suivi:lot-progress", args=[a_lot_at_work(stage.home).public_id])


def asked_by(noun: str) -> Any:
    """Return what finds the preview of an act, with visits on which it is possible."""
    return lambda stage, _url: f"{reverse('suivi:selection', args=[possible(stage, noun).public_id])}?acte={noun}"


def possible(stage: Stage, noun: str) -> Any:
    """Return a choice of visits of the home side on which an act is possible."""
    standing = {"rattachements": "loose", "relances-clients": "done"}
    visit = stage.home.visits[standing.get(noun, "planned")]
    # A reminder comes after the mail that asked has left.
    MailLine.objects.filter(intervention=visit).update(told=True)
    choice = a_selection(stage.home)
    choice.pk, choice.public_id, choice.visits = None, uuid4(), [[visit.pk, visit.version]]
    choice.save(force_insert=True)
    return choice


def selected(stage: Stage, _url: str) -> str:
    """Return the preview of the manager's own choice."""
    return reverse("suivi:selection", args=[a_selection(stage.home).public_id])


def the_lot(stage: Stage, _url: str) -> str:
    """Return the page of the press to undo."""
    return reverse("suivi:lot", args=[a_lot(stage.home).public_id])


def what_is_due(stage: Stage, _url: str) -> str:
    """Return the page of a closed month of the home side that is still to be exported."""
    a_closed_month(stage.home, DUE)
    return f"{reverse('suivi:books-preview')}?type=pay&mois={DUE:%Y-%m}"


def the_views(_stage: Stage, _url: str) -> str:
    """Return the page of the views."""
    return reverse("suivi:views")


def tick(stage: Stage, form: Form) -> dict[str, Any]:
    """Tick the home side's declared visit."""
    wanted = str(stage.home.visits["done"].public_id)
    return {"visite": [token for token in form.offered["visite"] if token.startswith(wanted)], "portee": "visites"}


def switch(_stage: Stage, form: Form) -> dict[str, str]:
    """Press the button that switches the module, not the one that shows what that would do."""
    return {name: value for name, value in form.buttons if name == "module"}


def came_back(stage: Stage) -> Mail:
    """Return a mail about the home side's visits that came back and still has something to say."""
    found = Mail.objects.filter(user=stage.home.world.client.user, lines__step=F("lines__intervention__step"))
    mail = found.order_by("pk")[0]
    if mail.fate != Fate.FAILED:
        Mail.objects.filter(pk=mail.pk).update(fate=Fate.FAILED)
    return mail


def the_mail(stage: Stage, _url: str) -> str:
    """Return the page of that mail."""
    return reverse("gestion:mail", args=[came_back(stage).public_id])


ACT_CASES = [
    Case(act.url_name, of=visit(ON[act.action][0]), acts=True, enter=ON[act.action][1], **MANAGES)
    for act in ACTS.values()
    if act.action in ON
]
CASES = [
    *ACT_CASES,
    *cases_registry.CASES,
    *cases_people.CASES,
    *cases_staff.CASES,
    Case("gestion:home", "manager"),
    Case("gestion:search", "manager", shows=AGENCE),
    Case("gestion:keys", "manager", shows=AGENCE),
    Case("gestion:clients", "manager"),
    Case("gestion:planning", "manager", shows=CARER),
    Case("gestion:for-whom", "manager"),
    Case("gestion:client", "manager", lambda stage: stage.home.world.client),
    *(
        Case(f"gestion:{kind}-{name}", "manager", of=of, right="may_administer", shows=shows)
        for kind, of, mark in (
            ("client", lambda stage: stage.home.world.client, CLIENT),
            ("intervenant", lambda stage: stage.home.world.intervenant, CARER),
        )
        for name, shows in (("data", mark), ("data-paper", ""))
    ),
    Case("gestion:accesses", "manager", right="may_administer", shows=AGENCE),
    Case("gestion:week-sheet", "manager", of=lambda stage: stage.home.world.client, shows=""),
    Case("gestion:scan", "manager", of=a_scan, shows=""),
    Case("gestion:new-visit", of=lambda stage: stage.home.world.client, acts=True, enter=a_visit, **MANAGES),
    Case(
        "gestion:proche-new",
        of=lambda stage: stage.home.world.client,
        acts=True,
        enter=words(last_name="Le Goff", email="le.goff@personnes.example", paper="Lettre du client"),
        **MANAGES,
    ),
    Case("gestion:proche", of=mandate, acts=True, enter=words(paper="Lettre du client"), **MANAGES),
    Case(
        "gestion:proche-end",
        of=mandate,
        acts=True,
        form=lambda stage, _url: reverse("gestion:proche", args=[mandate(stage).public_id]),
        shows="",
        **MANAGES,
    ),
    Case("gestion:intervenants", "manager", shows=CARER),
    Case(
        "gestion:intervenant",
        "manager",
        lambda stage: stage.home.world.intervenant,
        shows=CARER,
        open_to=frozenset({"a manager of another secteur"}),
    ),
    Case("gestion:visit", "manager", visit("arbitrated"), shows=VISIT),
    Case("gestion:proof", "manager", visit("arbitrated"), shows=""),
    Case("gestion:proof-file", "manager", visit("arbitrated"), shows=VISIT),
    Case(
        "gestion:deliberation",
        "manager",
        visit("arbitration"),
        True,
        enter=words(choice="client", reason="Le badge le dit."),
        shows=VISIT,
        right="may_arbitrate",
    ),
    Case("gestion:deliberations", "manager"),
    Case(
        "gestion:rhythm",
        "manager",
        acts=True,
        enter=words(rhythm="day"),
        own=True,
        shows=AGENCE,
        open_to=frozenset({"a manager of another secteur", "manager of another agency"}),
    ),
    Case("gestion:automatismes", "manager", shows=AGENCE),
    Case("gestion:mails", "manager", shows=VISIT),
    Case("gestion:mail", "manager", lambda stage: stage.home.mail, shows=VISIT),
    Case("gestion:mail-resend", of=came_back, acts=True, form=the_mail, shows="", **MANAGES),
    Case("gestion:mail-html", "manager", lambda stage: stage.home.mail, shows=VISIT),
    Case(
        "gestion:settings",
        "manager",
        acts=True,
        enter=switch,
        shows=AGENCE,
        right="may_administer",
        open_to=frozenset({"a manager of another secteur", "manager of another agency"}),
    ),
    *(
        Case(
            name,
            "manager",
            acts=True,
            form=lambda stage, _url: reverse("gestion:mail-words"),
            enter=words(**entered),
            shows=shows,
            right="may_administer",
            open_to=frozenset({"a manager of another secteur", "manager of another agency"}),
        )
        for name, entered, shows in (
            ("gestion:mail-words", {"signature": "L’équipe"}, AGENCE),
            ("gestion:mail-trial", {}, ""),
        )
    ),
    Case("gestion:mail-preview", "manager", shows="", right="may_administer"),
    Case("suivi:index", "manager"),
    Case(
        "suivi:exports",
        "manager",
        shows="",
        open_to=frozenset({"a manager of another secteur", "manager of another agency"}),
    ),
    Case("suivi:export-csv", "manager"),
    Case("suivi:charts", "manager"),
    Case(
        "suivi:charts-small",
        "manager",
        shows="",
        open_to=frozenset({"a manager of another secteur", "manager of another agency"}),
    ),
    Case("suivi:export-xlsx", "manager"),
    Case("suivi:clients", "manager"),
    Case("suivi:intervenants", "manager", shows=CARER, open_to=frozenset({"a manager of another secteur"})),
    Case("suivi:visit", "manager", visit("done")),
    Case(
        "suivi:ticks",
        "manager",
        acts=True,
        form=lambda stage, url: reverse("suivi:index"),
        enter=tick,
        shows="",
        own=True,
    ),
    Case(
        "suivi:views",
        "manager",
        acts=True,
        form=lambda _stage, url: f"{url}?statut=done",
        enter=words(nom="Ce qui attend"),
        shows="",
        own=True,
        open_to=frozenset({"a manager of another secteur", "manager of another agency"}),
    ),
    # By gestion or by administration: who has neither is in tests/tracking/test_views.py.
    Case(
        "suivi:view",
        "manager",
        of=lambda stage: a_view(stage.home),
        acts=True,
        form=the_views,
        enter=words(nom="Autre"),
        shows="",
        own=True,
    ),
    Case(
        "suivi:view-remove",
        "manager",
        of=lambda stage: a_view(stage.home),
        acts=True,
        form=the_views,
        shows="",
        own=True,
    ),
    Case(
        "suivi:view-open",
        "manager",
        of=lambda stage: a_view(stage.home),
        acts=True,
        form=the_views,
        shows="",
        own=True,
    ),
    Case(
        "suivi:columns",
        "manager",
        acts=True,
        form=lambda stage, url: reverse("suivi:index"),
        enter=lambda _stage, _form: {"colonne": ["km"]},
        shows="",
        own=True,
        open_to=frozenset({"a manager of another secteur", "manager of another agency"}),
    ),
    Case(
        "suivi:selections",
        acts=True,
        form=lambda stage, url: reverse("suivi:index"),
        enter=tick,
        shows="",
        **MANAGES,
    ),
    Case("suivi:selection", "manager", lambda stage: a_selection(stage.home), shows=AGENCE),
    Case("suivi:validations", acts=True, form=selected, enter=words(ground="phone"), shows="", **MANAGES),
    Case("suivi:selection-export", "manager", lambda stage: a_selection(stage.home), shows=""),
    Case("suivi:selection-export-file", "manager", lambda stage: a_selection(stage.home)),
    Case("suivi:selection-remaining", "manager", lambda stage: a_selection(stage.home), shows=""),
    *(
        Case(f"suivi:{noun}", acts=True, form=asked_by(noun), enter=enter, shows="", **MANAGES)
        for noun, enter in (
            ("rattachements", None),
            ("realisations", REASON),
            ("annulations", chosen()),
            ("relances-clients", None),
            ("relances-intervenants", None),
        )
    ),
    Case("suivi:books", "manager", shows="", open_to=ELSEWHERE),
    Case("suivi:books-preview", "manager", shows=CARER, open_to=ELSEWHERE),
    Case("suivi:books-preview-file", "manager", shows=CARER, open_to=ELSEWHERE),
    Case("suivi:books-make", "manager", acts=True, form=what_is_due, shows="", right="may_close"),
    Case("suivi:book", "manager", lambda stage: an_export(stage.home), shows=CARER),
    Case("suivi:book-file", "manager", lambda stage: an_export(stage.home), shows=CARER),
    Case("suivi:lots", "manager", shows=""),
    Case("suivi:lot-fates", "manager", lambda stage: a_lot(stage.home), shows=""),
    Case("suivi:lot-progress", "manager", lambda stage: a_lot_at_work(stage.home), shows=""),
    Case("suivi:lot-stop", of=lambda stage: a_lot_at_work(stage.home), acts=True, form=at_work, shows="", **MANAGES),
    Case("suivi:lot", "manager", lambda stage: a_lot(stage.home), shows=CLIENT),
    Case("suivi:lot-undo", of=lambda stage: a_lot(stage.home), acts=True, form=the_lot, shows="", **MANAGES),
]
