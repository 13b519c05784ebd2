"""What the server adds to a command before the store judges it: what the playbook says with it,
and which numbers in a text the session does not list.

The store keeps it with the question, so that what somebody was told does not change when the
playbook does, and refuses what is not listed in the call that decides.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from askpanel.eventlog.session import Session, Text
from askpanel.moderation.guard import unverified
from askpanel.moderation.playbook import Playbook

GUARDED = frozenset({"reply", "answer", "correct", "translate"})
"""Commands whose text goes out, to one person or to all."""


def additions(
    command: str, fields: Mapping[str, str | int], playbook: Playbook, session: Session
) -> dict[str, str]:
    """The fields to add. Raises Unlisted for a code that the playbook does not have.

    `told` is JSON, language → words; `hidden` is "1" or ""; `signposts` are ids with spaces
    between them; `unverified` is what was found, a line each.
    """

    def given(name: str) -> str:
        return str(fields.get(name, ""))

    if command in GUARDED:
        found = [each.found for each in unverified(given("text"), session)]
        return {"unverified": "\n".join(" ".join(each.split()) for each in found)}
    match command:
        case "reject" if given("reason"):
            reason = playbook.reason(given("reason"))
            return {"told": _json(reason.words), "hidden": "1" if reason.hide else ""}
        case "remove" if given("reason"):
            playbook.reason(given("reason"))
        case "divert" if given("diversion"):
            diversion = playbook.diversion(given("diversion"))
            held = [each for each in diversion.signposts if session.signpost(each)]
            return {"told": _json(diversion.words), "signposts": " ".join(held)}
        case "conclude" if given("decision"):
            playbook.decision(given("decision"))
        case "label":
            for code in given("labels").split():
                playbook.label(code)
    return {}


def _json(words: Text) -> str:
    return msgspec.json.encode(words).decode()
