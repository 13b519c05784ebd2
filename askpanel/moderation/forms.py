"""The fields of the commands: which each takes, each checked for what it is, and what the server
adds of its own."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping

from askpanel.chat.fields import Fields
from askpanel.chat.number import whole
from askpanel.chat.posted import TURNING
from askpanel.eventlog.member import Member
from askpanel.eventlog.model import Role
from askpanel.eventlog.rules import RULES, TRIAGE
from askpanel.eventlog.session import Session
from askpanel.eventlog.staff import Staff
from askpanel.moderation.additions import additions
from askpanel.moderation.playbook import Playbook, Unlisted
from askpanel.moderation.wording import DOING

MOST_TEXT, MOST_NOTE, MOST_NAME = 10_000, 1_000, 100

TAKES: Mapping[str, tuple[str, ...]] = {
    "approve": ("text",),
    "hold": ("note",),
    "reject": ("reason",),
    "reply": ("text", "lang", "confirm"),
    "merge": ("into",),
    "divert": ("diversion",),
    "assign": ("organisation", "panelist"),
    "label": ("labels",),
    "hand": ("to",),
    "escalate": ("note",),
    "conclude": ("decision", "note"),
    "lock": ("doing",),
    "annotate": ("note",),
    "undo": ("position",),
    "claim": ("typing",),
    "answer": ("text", "lang", "confirm", "ask_lead"),
    "publish": ("confirm",),
    "return": ("note",),
    "correct": ("answer", "text", "confirm", "ask_lead"),
    "translate": ("answer", "lang", "text", "confirm", "ask_lead"),
    "cosign": ("answer",),
    "remove": ("reason",),
}
"""Command → its fields; one that is not here has none. Those that a lock stops also take `from`."""
TEXTS = {"text": MOST_TEXT, "note": MOST_NOTE, "from": MOST_NAME}
NUMBERS = ("into", "answer", "position")
MARKS = ("confirm", "ask_lead", "typing")


class BadField(Exception):
    """A field that cannot be used; a code of `refusals.REFUSALS`."""


def words(given: str, most: int) -> str:
    """A staff member's text as it is stored, or BadField; empty where nobody could see anything.

    What turns text around is left out: some address books put it about every number, and with it
    a number reads in another order than it is checked in.
    """
    text = unicodedata.normalize("NFC", given.replace("\r\n", "\n").replace("\r", "\n"))
    text = "".join(c for c in text if c not in TURNING).strip()
    if len(text) > most:
        raise BadField("long")
    kinds = {unicodedata.category(c) for c in text if c not in "\n\t"}
    if not kinds.isdisjoint(("Cc", "Cs")):
        raise BadField("unfit")
    return text if any(kind[0] not in "ZC" for kind in kinds) else ""


def taken(command: str) -> tuple[str, ...]:
    """The fields of a command."""
    opens = RULES[command].guarded or command == "lock"
    return (*TAKES.get(command, ()), *(("from",) if opens else ()))


class Forms:
    """Reads the fields of commands, for one installation."""

    def __init__(self, playbook: Playbook, staff: Staff) -> None:
        self._playbook, self._staff = playbook, staff

    async def fields(
        self, command: str, form: Fields, member: Member, session: Session
    ) -> dict[str, str | int]:
        """The fields of a command. Raises BadField, or StoreAway where colleagues are looked up."""
        if command == "approve" and not words(form.get("text", "unedited"), MOST_TEXT):
            # Without an edit the original is published: not what an emptied box means.
            raise BadField("missing")
        names = taken(command)
        found = {name: self._value(name, form, session) for name in names}
        try:
            added = additions(
                command, {k: v for k, v in found.items() if v}, self._playbook, session
            )
        except Unlisted as error:
            raise BadField("unlisted") from error
        return {**found, **added, **await self._people(command, found, member)}

    def _value(self, name: str, form: Fields, session: Session) -> str | int:
        given = form.get(name, "")
        if name in TEXTS:
            return words(given, TEXTS[name])
        if name in NUMBERS:
            number = whole(given or "0", 9)
            if number is None:
                raise BadField("missing")
            return number
        if name in MARKS:
            return "1" if given == "1" else ""
        if name == "labels":
            return " ".join(dict.fromkeys(_code(label) for label in form.every(name) if label))
        known: dict[str, Callable[[str], bool]] = {
            "organisation": lambda id_: session.organisation(id_) is not None,
            "lang": lambda lang: lang in session.languages,
            "doing": lambda doing: doing in DOING,
        }
        fits = known.get(name)
        if given and fits is not None and not fits(given):
            raise BadField("unlisted")
        return _code(given) if fits is None else given

    async def _people(
        self, command: str, found: Mapping[str, str | int], member: Member
    ) -> dict[str, str]:
        """Whom a question is given to, by username and by name."""
        if command == "hand" and found["to"]:
            to = await self._whom(str(found["to"]), lambda each: each.role in TRIAGE)
            if to is None or to.username == member.username:
                raise BadField("no_colleague")
            return {"to": to.username, "to_name": to.name}
        if command == "assign" and found["panelist"]:
            panelist = await self._whom(
                str(found["panelist"]),
                lambda each: (
                    (each.role, each.organisation) == (Role.PANELIST, found["organisation"])
                ),
            )
            if panelist is None:
                raise BadField("no_panelist")
            return {"panelist": panelist.username, "panelist_name": panelist.name}
        return {}

    async def _whom(self, wanted: str, fits: Callable[[Member], bool]) -> Member | None:
        """Who is called so, by username or else by the name that colleagues see."""
        able = [each for each in await self._staff.all() if not each.disabled and fits(each)]
        wanted = wanted.casefold()
        named = [each for each in able if each.name.casefold() == wanted]
        for each in able:
            if each.username == wanted:
                return each
        # Of two with one name nobody can tell which was meant.
        return named[0] if len(named) == 1 else None


def _code(given: str) -> str:
    """A name or code in one line: what it stands for is looked up, never guessed."""
    code = words(given, MOST_NAME)
    if any(c.isspace() and c != " " for c in code):
        raise BadField("unfit")
    return code
