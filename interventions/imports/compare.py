"""The file, what it said before, and what is here now: which fields the file may change.

Pure. Values are compared as texts, field by field, each field being what changes as one.
"""

from collections.abc import Collection
from dataclasses import dataclass

type Values = dict[str, str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`updates` are the fields to write; `kept` those that the file changes and that stay as they are here.

    `applied` is what to remember as set by the file: what differs from it later was changed here.
    """

    updates: tuple[str, ...]
    kept: tuple[str, ...]
    applied: Values


def compare(
    written: Values,
    resolved: Values,
    here: Values,
    before: tuple[Values, Values] | None,
    frozen: Collection[str] = (),
) -> Comparison:
    """Compare a line with the base.

    `written` holds the cells as read, `resolved` what each would make of the field here; a field missing from
    `resolved` is left alone. `before` holds (written, applied) of the line as last read, None where there was none.
    A field that did not change in the file, or that is here already what the file says, asks for nothing. One that
    changed is updated if it is here still what the file had set, and is not `frozen`; otherwise it is kept.
    """
    last_written, last_applied = before or ({}, {})
    updates, kept, applied = [], [], dict(last_applied)
    for name, value in resolved.items():
        if before and written[name] == last_written.get(name):
            continue
        if here[name] == value:
            applied[name] = value
        elif before and name not in frozen and here[name] == last_applied.get(name):
            updates.append(name)
            applied[name] = value
        else:
            kept.append(name)
    return Comparison(tuple(updates), tuple(kept), applied)
