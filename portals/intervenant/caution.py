"""What is pointed out before saving and never stops anybody: overlaps, long visits, far ones, gaps, contrat's hours.

The agency decides for each whether it asks (the person confirms, or writes why) or is only told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from interventions import pointed_out
from interventions.actor import Actor
from interventions.guards import Facts
from interventions.models import Strictness
from portals.intervenant.around import Around, Neighbour
from portals.intervenant.contrat_hours import Allowance
from portals.web import format as fmt

LONG_MINUTES = 12 * 60


@dataclass(frozen=True, slots=True)
class Caution:
    """One thing to look at; `code` is what the person acknowledges by pressing once more.

    Where it asks, `reason` says that words are wanted instead: a comment settles it at once.
    """

    code: str
    text: str
    asks: bool = True
    reason: bool = False

    def is_settled(self, acknowledged: Iterable[str], comment: str) -> bool:
        """Whether it lets the person through: told only, seen before, or explained."""
        if not self.asks:
            return True
        return bool(comment.strip()) if self.reason else self.code in acknowledged


def cautions(
    facts: Facts,
    planned: Facts | None,
    actor: Actor,
    around: Around,
    key: int | None = None,
    allowance: Allowance | None = None,
) -> list[Caution]:
    """Return what to point out about the facts entered; `key` is the visit's own, left out of the overlaps."""
    asks = actor.agence.overlap_caution == Strictness.ASK
    met = [other for other in around.neighbours if other.key != key and _overlaps(facts, other.facts)]
    found = [_overlap(facts, other, asks) for other in met]
    if facts == planned:
        return found
    return [
        *found,
        *_long(facts, actor),
        *_far(facts, planned, actor),
        *_gap(facts, planned, actor),
        *_over_contrat(facts, planned, actor, allowance),
    ]


def unsettled(found: Iterable[Caution], acknowledged: str, comment: str) -> bool:
    """Whether something still asks: not shown to the person before, or not explained."""
    seen = acknowledged.split()
    return any(not caution.is_settled(seen, comment) for caution in found)


def wants_reason(found: Iterable[Caution], comment: str) -> bool:
    """Whether a comment is what is missing."""
    return any(caution.reason and not caution.is_settled((), comment) for caution in found)


def told(found: Iterable[Caution]) -> list[str]:
    """Return the sentences that only tell, to be said with the answer."""
    return [caution.text for caution in found if not caution.asks]


def _overlaps(one: Facts, other: Facts) -> bool:
    return one.start < other.end and other.start < one.end


def _overlap(facts: Facts, other: Neighbour, asks: bool) -> Caution:
    common = fmt.elapsed(max(facts.start, other.facts.start), min(facts.end, other.facts.end))
    words = {
        "who": other.name,
        "duration": fmt.duration(common),
        "hours": fmt.time_range(other.facts.start, other.facts.end),
    }
    return Caution(
        f"overlap-{other.key}", _("Chevauche de %(duration)s la visite chez %(who)s (%(hours)s).") % words, asks
    )


def _long(facts: Facts, actor: Actor) -> list[Caution]:
    minutes = fmt.elapsed(facts.start, facts.end)
    if minutes <= LONG_MINUTES:
        return []
    text = _("Cette visite dure %(duration)s.") % {"duration": fmt.duration(minutes)}
    return [Caution(f"long-{minutes}", text, actor.agence.long_caution == Strictness.ASK)]


def _far(facts: Facts, planned: Facts | None, actor: Actor) -> list[Caution]:
    if not pointed_out.is_far(facts, planned, actor.agence):
        return []
    words = {"km": fmt.km(facts.km), "usual": fmt.km(actor.agence.usual_km)}
    text = _("%(km)s : plus que les %(usual)s habituels.") % words
    return [Caution(f"km-{facts.km}", text, actor.agence.km_caution == Strictness.ASK)]


def _gap(facts: Facts, planned: Facts | None, actor: Actor) -> list[Caution]:
    gap = pointed_out.gap(facts, planned, actor.agence)
    if gap is None:
        return []
    asks = actor.agence.gap_caution == Strictness.ASK
    if abs(gap.longer) > actor.agence.tolerance_minutes:
        return [Caution(f"gap{gap.longer:+d}", f"{fmt.difference(gap.longer)}.", asks, reason=asks)]
    words, is_later = {"duration": fmt.duration(gap.later)}, gap.later > 0
    text = _("Début %(duration)s plus tard que prévu.") if is_later else _("Début %(duration)s plus tôt que prévu.")
    return [Caution(f"shift{gap.later:+d}", text % words, asks, reason=asks)]


def _over_contrat(facts: Facts, planned: Facts | None, actor: Actor, allowance: Allowance | None) -> list[Caution]:
    """Point out a month beyond the contrat's hours, to whoever makes it longer than planned."""
    longer = planned is None or fmt.elapsed(facts.start, facts.end) > fmt.elapsed(planned.start, planned.end)
    if allowance is None or not longer or allowance.over <= 0:
        return []
    words = {"over": fmt.duration(allowance.over), "month": fmt.month(allowance.month)}
    words["agreed"] = fmt.duration(allowance.agreed)
    text = _("Le contrat prévoit %(agreed)s en %(month)s : %(over)s de trop avec cette visite.") % words
    return [Caution(f"contrat-{allowance.over}", text, actor.agence.contrat_caution == Strictness.ASK)]
