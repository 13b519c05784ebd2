"""The ask form as it comes in: read leniently, and tidied to what can be stored."""

from __future__ import annotations

import unicodedata
from urllib.parse import parse_qsl

from msgspec import Struct
from starlette.requests import Request

MOST_BYTES = 64 * 1024
# Overrides and isolates can show words in another order than they are stored (Unicode TR 36).
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Letters and signs that are drawn as nothing, whatever Unicode files them under: Hangul fillers,
# the empty Braille pattern, Khmer inherent vowels, the null notehead.
BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5\U0001d159")


class Posted(Struct):
    """A form as it came: the fields that could be read, and what was wrong with the reading."""

    fields: dict[str, str]
    problem: str = ""


async def read_posted(request: Request) -> Posted:
    """The fields, read leniently: unlike a staff form, this one gives back what was typed."""
    body = bytearray()
    async for chunk in request.stream():
        if len(body) <= MOST_BYTES:
            body += chunk
    problem = "cut" if len(body) > MOST_BYTES else ""
    body = body[:MOST_BYTES]
    pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace")
    fields = dict(pairs[:20])
    if not problem and any("\ufffd" in value for value in fields.values()):
        problem = "unreadable"
    return Posted(fields, problem)


def tidy(text: str) -> tuple[str, str]:
    """Text as it can be stored, and the problem that was mended, or "".

    Line ends become one kind, composed characters one form (Unicode NFC), so that counts and
    comparisons mean the same everywhere.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    shown = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")
    turned = "".join(c for c in shown if c not in TURNING)
    problem = "control" if shown != text else "turning" if turned != shown else ""
    return turned.strip(), problem


def blank(text: str) -> bool:
    """Whether nobody would see anything of a text: spaces, marks on nothing, invisible signs."""
    return all(unicodedata.category(c)[0] in "ZCM" or c in BLANK for c in text)
