"""What may be noticed in a question before it is stored, for those who read it next.

Chat does not know who notices, or what: it hands the question over, and stores what comes back.
Noticing is help, never a condition: a fault in it costs its flags, and not the question.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from askpanel.chat import metrics
from askpanel.eventlog.model import Flag, Similar
from askpanel.eventlog.projection import Projection

logger = logging.getLogger("askpanel")


class Noticed(Struct, frozen=True):
    """The hints that are stored with a question."""

    flags: Sequence[Flag] = ()
    similar: Sequence[Similar] = ()


class Notice(Protocol):
    """Looks at a question that was sent from the page of a language. May give way to others
    while it looks, and raise whatever it likes."""

    async def __call__(self, projection: Projection, text: str, lang: str) -> Noticed: ...


async def nothing(projection: Projection, text: str, lang: str) -> Noticed:
    """A service without moderation notices nothing."""
    return Noticed()


async def noticed(notice: Notice, projection: Projection, text: str, lang: str) -> Noticed:
    """What was noticed, or nothing if noticing failed: counted, and said without the text."""
    try:
        return await notice(projection, text, lang)
    except Exception as error:  # noqa: BLE001 - whatever it is, the question comes first
        metrics.unnoticed.inc()
        # Its kind only: what an exception says may quote the question.
        logger.warning(
            "A question was stored without flags: %s",
            type(error).__name__,
            extra={"event": "unnoticed"},
        )
        return Noticed()
