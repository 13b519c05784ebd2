"""The tables in our documents that the program itself can write: its settings, its numbers, its
keys, the states of a question, and who may do what.

    python tools/docs.py            write them
    python tools/docs.py --check    say which are out of date; exit code 1 if any is

`make docs` runs the first. A test holds the pages against the program by its own reading.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from prometheus_client.metrics import MetricWrapperBase
from pydantic.fields import FieldInfo

from askpanel.chat import metrics
from askpanel.config import Config
from askpanel.eventlog.model import Role, State
from askpanel.eventlog.rules import AUTHOR, RULES, SYSTEM, TRIAGE
from askpanel.moderation.consoles import REPORT
from askpanel.moderation.keymap import KEYMAP

FOLDER = Path(__file__).resolve().parent.parent / "docs"
END = "<!-- end of the table -->"

MEANINGS = {
    State.PENDING: ("Waiting", "It has arrived. Its author and staff see it, nobody else."),
    State.HELD: ("On hold", "It is parked, with a note. To its author it still waits."),
    State.ESCALATED: (
        "Escalated",
        "Somebody may be in danger. Its author sees urgent numbers.",
    ),
    State.APPROVED: (
        "With the panel",
        "It is on the desk. Some sessions show it to the public.",
    ),
    State.CLAIMED: (
        "With the panel",
        "Somebody on the panel is answering it.",
    ),
    State.ANSWERED: ("Answered", "It is in the transcript, with its answers."),
    State.REJECTED: ("Not published", "Its author reads why, in kind words."),
    State.MERGED: (
        "Not published",
        "It is taken together with another. Its author follows that.",
    ),
    State.REPLIED: ("Not published", "It was answered privately: its author alone sees that."),
    State.DIVERTED: ("Not published", "It does not belong here. Its author reads where it does."),
    State.WITHDRAWN: ("Not published", "Its author has taken it back."),
    State.REMOVED: ("Not published", "It was taken down. Its number stays, and nothing else."),
}
"""The list of the triage screen on which a question stands, and what its state means."""

STAFF = tuple(Role)
TASKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Approve, edit, hold, put back", ("approve", "hold", "restore")),
    ("Reject, reply privately, divert, merge", ("reject", "reply", "divert", "merge")),
    ("Open a question, hand it on", ("lock", "unlock", "hand")),
    ("Assign, label", ("assign", "label")),
    ("Escalate, acknowledge, record the decision", ("escalate", "acknowledge", "conclude")),
    ("Mute an author, and let them write again", ("mute", "unmute")),
    ("Write a note on a question", ("annotate",)),
    ("Claim, answer, sign another's answer", ("claim", "answer", "cosign")),
    ("Release a claim", ("release",)),
    ("Check a colleague's answer", ("publish", "return")),
    ("Add an answer in the other language", ("translate",)),
    ("Correct an answer", ("correct",)),
    ("Take down what was answered", ("remove",)),
    ("Undo", ("undo",)),
)
"""What staff may do, by the commands that it takes."""
BESIDE: tuple[tuple[str, tuple[Role, ...]], ...] = (
    ("Say a word to colleagues", STAFF),
    ("Read the history", TRIAGE),
    ("Read the report", REPORT),
    ("Let a number through that is not listed", (Role.LEAD,)),
    ("Start, pause, extend, end the session", (Role.HOST,)),
)
"""What they may do beside the questions."""


def default_of(field: FieldInfo) -> str:
    """A setting's default in words, and what range its value may have."""
    if field.default_factory is not None:
        return "see there"
    shown = {False: "no", True: "yes"}.get(field.default) if field.annotation is bool else None
    words = f"`{shown or field.default}`" if field.default not in ("", ()) else "empty"
    least = next((m.ge for m in field.metadata if hasattr(m, "ge")), None)
    most = next((m.le for m in field.metadata if hasattr(m, "le")), None)
    return f"{words}, from {least} to {most:,}" if least is not None and most else words


def settings() -> Iterator[str]:
    """Name in the environment, default, meaning."""
    yield "| Setting | Default | Meaning |\n|---|---|---|\n"
    for name, field in Config.model_fields.items():
        yield f"| `ASKPANEL_{name.upper()}` | {default_of(field)} | {field.description} |\n"


def numbers() -> Iterator[str]:
    """Name as Prometheus sees it, kind, meaning."""
    yield "| Number | Kind | Meaning |\n|---|---|---|\n"
    for collector in vars(metrics).values():
        if isinstance(collector, MetricWrapperBase):
            (told,) = collector.describe()
            name = told.name + "_total" * (told.type == "counter")
            yield f"| `{name}` | {told.type} | {told.documentation} |\n"


def keys() -> Iterator[str]:
    """Key, what it does, on which screens."""
    yield "| Key | What it does | Where |\n|---|---|---|\n"
    for key in KEYMAP:
        yield f"| `{key.key}` | {key.words} | {', '.join(key.screens)} |\n"


def states() -> Iterator[str]:
    """State, the list of triage on which it stands, meaning, and what leads on from it."""
    yield "| State | List | What it means | What leads on |\n|---|---|---|---|\n"
    for state, (title, meaning) in MEANINGS.items():
        yield f"| {state} | {title} | {meaning} | {', '.join(ways(state)) or 'nothing'} |\n"


def ways(state: State) -> Iterator[str]:
    """Each command that brings a question from a state to another one, and whose it is."""
    whose: dict[tuple[str, ...], str] = {(AUTHOR,): "its author's ", (SYSTEM,): "in time "}
    for command, rule in RULES.items():
        # "I still need help" is the one answer to a reply that leads on, so the rule has no state.
        to = State.PENDING if command == "respond" else rule.to
        if to and to != state and state in rule.from_:
            yield f"{whose.get(rule.roles, '')}`{command}` → {to}"


def roles() -> Iterator[str]:
    """What somebody may do, and who may."""
    yield f"| What | {' | '.join(STAFF)} |\n|---|{'---|' * len(STAFF)}\n"
    for task, commands in TASKS:
        (may,) = {RULES[command].roles for command in commands}
        yield row(task, may)
    for task, may in BESIDE:
        yield row(task, may)


def row(task: str, may: tuple[str, ...]) -> str:
    return f"| {task} | {' | '.join('yes' if each in may else '–' for each in STAFF)} |\n"


TABLES: dict[str, tuple[Callable[[], Iterator[str]], ...]] = {
    "settings": (settings,),
    "metrics": (numbers,),
    "moderating": (roles, states, keys),
}
"""Page → its tables."""


def written(name: str, page: str) -> str:
    """A page with its tables as they should be. Raises ValueError without their marks."""
    for table in TABLES[name]:
        begin = f"<!-- {table.__name__}: written by make docs -->"
        before, found, rest = page.partition(begin)
        _, end, after = rest.partition(END)
        if not found or not end:
            raise ValueError(f"{name}.md has lost the marks between which its table stands")
        page = f"{before}{begin}\n\n{''.join(table())}\n{END}{after}"
    return page


def main(arguments: list[str]) -> int:
    stale = []
    for name in TABLES:
        path = FOLDER / f"{name}.md"
        page = path.read_text("utf-8")
        if written(name, page) != page:
            stale.append(path.name)
            if arguments != ["--check"]:
                path.write_text(written(name, page), "utf-8")
    if arguments == ["--check"]:
        print(f"out of date: {', '.join(stale)}" if stale else "up to date")
        return int(bool(stale))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
