"""What one act on many visits is: its words, what it asks, and the changes that it makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from interventions.actor import Actor
from interventions.operations import Change
from interventions.states import Action
from portals.web import format as fmt
from tracking.act_forms import LotForm

type Pairs = Iterable[tuple[int, int]]
type Entered = Mapping[str, Any]
type Changes = Callable[[Pairs, Actor, Entered], Iterator[Change]]


@dataclass(frozen=True)
class LotAct:
    """One act: the noun in its address, its words, its form, and what it does to pairs of visit and version seen.

    `says` and `went` are plural forms on "n" («12 visites sur 14 seront validées», «12 visites validées»).
    """

    action: Action
    noun: str
    label: Promise
    says: Any
    went: Any
    button: Any
    notice: Promise
    form: type[LotForm]
    changes: Changes

    @property
    def press_url(self) -> str:
        """The name of the address that does it."""
        return f"suivi:{self.noun}"

    def said(self, going: int, chosen: int) -> str:
        """Say how many of the chosen visits go."""
        return str(self.says % {"n": going, "going": fmt.number(going), "chosen": fmt.number(chosen)})

    def press(self, going: int) -> str:
        """Return what the button says."""
        return str(self.button % {"n": going, "going": fmt.number(going)})

    def done(self, count: int) -> str:
        """Say how many went."""
        return str(self.went % {"n": count, "going": fmt.number(count)})


def plain(action: Action, *names: str) -> Changes:
    """Return what makes the same change of each visit, with the `names` of what was entered."""

    def changes(pairs: Pairs, actor: Actor, entered: Entered) -> Iterator[Change]:
        shared = {name: entered[name] for name in names}
        return (Change(action, visit, seen=version, **shared) for visit, version in pairs)

    return changes
