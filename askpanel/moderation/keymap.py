"""The keys of the staff's screens: what each does, and which it is until somebody changes it.

The one source of both: the pages list it, `static/keymap.mjs` reads it from them, and `data-key` on
a control names the command, or the key that it has here.
"""

from __future__ import annotations

from typing import NamedTuple

from askpanel.chat.locale import N_


class Key(NamedTuple):
    """One command by one key: lower case, as `KeyboardEvent.key` gives it without Shift.

    On a screen no two commands share a key.
    """

    command: str
    key: str
    words: str
    screens: tuple[str, ...] = ("triage",)


BOTH = ("triage", "desk")

KEYMAP = (
    Key("next", "j", N_("Next question"), BOTH),
    Key("previous", "k", N_("Previous question"), BOTH),
    Key("open", "o", N_("Open the question")),
    Key("approve", "a", N_("Approve")),
    Key("edit", "e", N_("Edit and approve")),
    Key("reject", "r", N_("Reject; then a number for the reason")),
    Key("reply", "p", N_("Reply privately")),
    Key("merge", "m", N_("Take together with another question")),
    Key("divert", "d", N_("Tell them where to report it")),
    Key("hold", "h", N_("Put on hold")),
    Key("escalate", "x", N_("Escalate: somebody may be in danger")),
    Key("restore", "b", N_("Put back in the queue")),
    Key("back", "u", N_("Undo the last step of this question")),
    Key("acknowledge", "y", N_("Say that you have seen a risk")),
    Key("assign", "s", N_("Assign to an organisation")),
    Key("label", "l", N_("Labels")),
    Key("hand", "t", N_("Hand to a colleague")),
    Key("annotate", "i", N_("Note for colleagues")),
    Key("close", "c", N_("Close the opened question")),
    Key("select", "v", N_("Select; with Shift, all from the last one selected")),
    Key("new", "n", N_("Show the new ones"), BOTH),
    Key("undo", "z", N_("Undo what you did last"), BOTH),
    Key("search", "/", N_("Search")),
    Key("claim", "c", N_("Answer this question"), ("desk",)),
    Key("publish", "p", N_("Publish"), ("desk",)),
    Key("help", "?", N_("This list"), BOTH),
)
"""In the order in which they are listed. Enter on a question's heading opens it, Escape closes."""


def keys_of(screen: str) -> tuple[Key, ...]:
    """The keys of one screen; of both, where it has no name of a screen."""
    return tuple(key for key in KEYMAP if screen in key.screens or screen not in BOTH)
