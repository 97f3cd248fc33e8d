"""How the hashes are made: of an entry, of a set of entries, of a seal. `docs/verify_proof.py` does the same.

An entry's hash is SHA-256 of a zero byte and its canonical JSON (keys sorted, no spaces, UTF-8); two hashes become one
as SHA-256 of a one byte and both. The bytes in front keep one from passing for the other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

NOTHING = bytes(32)


def canonical(value: Any) -> str:
    """Return the one way in which a value is written as JSON here."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def leaf(text: str) -> bytes:
    """Return the hash of an entry, given as canonical JSON."""
    return hashlib.sha256(b"\0" + text.encode()).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root of the tree over these hashes; one without a neighbour rises as it is. Nothing has no root."""
    level = list(leaves)
    while len(level) > 1:
        level = _next(level)
    return level[0]


def path(leaves: Sequence[bytes], place: int) -> list[tuple[str, bytes]]:
    """Return what leads from one hash to the root: each neighbour, and on which side it stands."""
    found: list[tuple[str, bytes]] = []
    level = list(leaves)
    while len(level) > 1:
        neighbour = place ^ 1
        if neighbour < len(level):
            found.append(("left" if neighbour < place else "right", level[neighbour]))
        level, place = _next(level), place // 2
    return found


def seal(fields: Mapping[str, Any]) -> bytes:
    """Return the hash of a seal: of its agency, number, instant, count and root, and of the one before."""
    return hashlib.sha256(b"\2" + canonical(fields).encode()).digest()


def words(salt: bytes, said: Sequence[str]) -> bytes:
    """Return the hash of words that may be erased one day, which none can guess without the salt."""
    return hashlib.sha256(salt + canonical(list(said)).encode()).digest()


def _next(level: Sequence[bytes]) -> list[bytes]:
    pairs = [level[at : at + 2] for at in range(0, len(level), 2)]
    return [hashlib.sha256(b"\1" + pair[0] + pair[1]).digest() if len(pair) > 1 else pair[0] for pair in pairs]
