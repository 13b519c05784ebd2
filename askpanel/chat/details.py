"""What may show who somebody is, in a question that is about to be sent.

Chat does not know who finds it: it hands the words over, and shows what comes back to the person
who wrote them, and to nobody else. Finding is help, never a condition: a fault in it costs the
hint, and not the question.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from askpanel.chat import metrics
from askpanel.chat.locale import N_
from askpanel.eventlog.session import Session

logger = logging.getLogger("askpanel")

PHONE, EMAIL, POSTCODE, NAME = "phone", "email", "postcode", "name"
KINDS: Mapping[str, str] = {
    PHONE: N_("a telephone number: “%(found)s”"),
    EMAIL: N_("an e-mail address: “%(found)s”"),
    POSTCODE: N_("a postcode: “%(found)s”"),
    NAME: N_("a person’s name: “%(found)s”"),
}
"""How each kind ends the sentence that begins with "Your question seems to have this in it"."""


class Detail(Struct, frozen=True):
    """One thing that was found: its kind, and the words it was found in."""

    kind: str
    found: str


class Details(Protocol):
    """Finds what may show who somebody is. `text` is of bounded length. May raise whatever it
    likes."""

    def __call__(self, session: Session, text: str) -> Sequence[Detail]: ...


def none(session: Session, text: str) -> Sequence[Detail]:
    """A service without moderation finds nothing."""
    return ()


def details(find: Details, session: Session, text: str) -> Sequence[Detail]:
    """What was found, or nothing if finding failed: counted, and said without the text."""
    try:
        return find(session, text)
    except Exception as error:  # noqa: BLE001 - whatever it is, the question comes first
        metrics.unnoticed.inc()
        # Its kind only: what an exception says may quote the question.
        logger.warning(
            "A question was not looked through for personal details: %s",
            type(error).__name__,
            extra={"event": "unnoticed"},
        )
        return ()
