"""What an image file really is, read from its bytes: its kind and its size, without decoding it."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

PNG = b"\x89PNG\r\n\x1a\n"
# The markers of a JPEG that say its height and width; the others of this range are tables.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_SCAN = 0xDA


@dataclass(frozen=True, slots=True)
class Image:
    """A whole PNG or JPEG."""

    media_type: str
    width: int
    height: int


def read(content: bytes) -> Image | None:
    """Return what these bytes are; None for anything but a whole PNG or JPEG."""
    try:
        if content.startswith(PNG):
            return _png(content)
        if content.startswith(b"\xff\xd8\xff") and content.rstrip(b"\0").endswith(b"\xff\xd9"):
            return _jpeg(content)
    except (struct.error, IndexError):
        return None
    return None


def _png(content: bytes) -> Image | None:
    """Walk the chunks: each with its own sum, IHDR first, IEND last and nothing behind it."""
    at, size = len(PNG), (0, 0)
    kinds: list[bytes] = []
    while at < len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        body = content[at + 8 : at + 8 + length]
        (told,) = struct.unpack(">I", content[at + 8 + length : at + 12 + length])
        if zlib.crc32(kind + body) != told:
            return None
        if not kinds:
            size = struct.unpack(">II", body[:8])
        kinds.append(kind)
        at += 12 + length
    whole = kinds[0] == b"IHDR" and kinds[-1] == b"IEND" and kinds.count(b"IEND") == 1 and b"IDAT" in kinds
    return Image("image/png", *size) if whole and all(size) else None


def _jpeg(content: bytes) -> Image | None:
    at = 2
    while content[at] == 0xFF:
        marker = content[at + 1]
        if marker in _ALONE:
            at += 2
            continue
        (length,) = struct.unpack(">H", content[at + 2 : at + 4])
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return Image("image/jpeg", width, height) if width and height else None
        if marker == _SCAN:
            return None
        at += 2 + length
    return None
