"""Which of a session's signposts stand beside a text.

Links are drawn from the session alone: a text only says which of them are meant, and nothing that
somebody wrote becomes a link.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from askpanel.eventlog.session import Session, Signpost

APART = r"[\s.()-]*"
"""What may stand between the digits of a telephone number."""


def urgent_first(session: Session) -> list[Signpost]:
    """All of them, those for an emergency on top."""
    return sorted(session.signposts, key=lambda sign: not sign.urgent)


def with_ids(session: Session, ids: Sequence[str]) -> list[Signpost]:
    """Those with these ids, in that order; one that the session no longer has is left out."""
    known = {sign.id: sign for sign in session.signposts}
    return [known[each] for each in ids if each in known]


def mentioned(session: Session, text: str) -> list[Signpost]:
    """Those whose number or address a text names, those for an emergency on top."""
    return [sign for sign in urgent_first(session) if _names(text, sign)]


def _names(text: str, sign: Signpost) -> bool:
    number = APART.join(each for each in sign.phone if each.isdigit())
    if number and re.search(rf"(?<!\d){number}(?!\d)", text):
        return True
    address = re.escape(sign.url.removeprefix("https://").rstrip("/"))
    whole = rf"(?<![\w.-]){address}(?![\w-]|\.\w)"
    return bool(address) and re.search(whole, text, re.IGNORECASE) is not None
