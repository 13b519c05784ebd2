"""Documents that fail the build: what they say of the program is held against the program.

Each comparison goes both ways, and each is shown a planted difference that it must find.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from msgspec import Struct
from msgspec.structs import fields
from prometheus_client import REGISTRY
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from askpanel import app as application
from askpanel import cli, demo
from askpanel.addresses import routes as addresses_of
from askpanel.chat import room
from askpanel.config import Config, load
from askpanel.eventlog.model import State
from askpanel.eventlog.rules import OPENED, RULES
from askpanel.eventlog.sessionfile import Refused, read
from askpanel.eventlog.sessionfile.table import SETTINGS
from askpanel.moderation import attendance
from askpanel.moderation import socket as staff_socket
from askpanel.moderation.historywords import EVENTS
from askpanel.moderation.playbook import (
    DISTRESS,
    THREAT,
    WATCHED,
    Decision,
    Diversion,
    Label,
    Playbook,
    Reason,
    Template,
)
from askpanel.moderation.playbookfile import PACKAGED, PLACEHOLDERS
from askpanel.moderation.playbookfile import parse as parse_playbook
from askpanel.moderation.refusals import REFUSALS
from askpanel.serve import SERVING_PORT
from tests.documents import (
    ROOT,
    code,
    codes,
    differences,
    document,
    documents,
    headed,
    link_faults,
    sections,
)
from tools import docs

EXAMPLES = ROOT / "askpanel/examples"
PROMISES = [f"P{number}" for number in range(1, 25)]
ELSEWHERE = ("withdraw", "respond", "expire", "lapse")
"""Commands of the author and of the clock, which staff do not give."""
DECISION = ["What had to be decided", "Options", "Choice", "Regret"]
# What a reader has no use for: the tools and places of whoever wrote it.
FOREIGN = re.compile(
    r"\b(chatgpt|claude|copilot|gemini|openai|anthropic|helpers?|todo|to be written)\b|/work\b",
    re.IGNORECASE,
)


# Settings


def setting_faults(page: str) -> Iterator[str]:
    rows = headed(page, "Setting", "Default", "Meaning")
    told = {code(name): (default, meaning) for name, default, meaning in rows}
    true = {
        f"ASKPANEL_{name.upper()}": (docs.default_of(field), field.description)
        for name, field in Config.model_fields.items()
    }
    yield from differences("a setting", told, true)


def number_faults(page: str) -> Iterator[str]:
    """The numbers of `/metrics`: what Prometheus is given, not what the module declares."""
    ours = [m for m in REGISTRY.collect() if m.name.startswith("askpanel_")]
    true = {
        (m.name + "_total" * (m.type == "counter"), m.type, m.documentation)
        for m in ours
        if not m.name.endswith("_created")
    }
    told = {(code(name), *rest) for name, *rest in headed(page, "Number", "Kind", "Meaning")}
    yield from differences("a number", told, true)


def test_every_setting_and_every_number_is_documented_as_it_is() -> None:
    assert list(setting_faults(document("docs/settings.md"))) == []
    assert list(number_faults(document("docs/metrics.md"))) == []
    assert docs.main(["--check"]) == 0


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("| `ASKPANEL_EXIT_URL` |", "| `ASKPANEL_LEAVE_URL` |"),
        ("| `180`, from 10 to 3,600 |", "| `120`, from 10 to 3,600 |"),
        ("a neutral page.", "any page."),
    ],
)
def test_a_planted_difference_of_a_setting_is_found(right: str, wrong: str) -> None:
    page = document("docs/settings.md")
    assert right in page
    assert list(setting_faults(page.replace(right, wrong, 1)))


def test_a_planted_difference_of_a_number_is_found() -> None:
    page = document("docs/metrics.md")
    for right in ("`askpanel_sockets`", "| histogram |", "Live connections"):
        assert right in page
        assert list(number_faults(page.replace(right, "other")))
    with pytest.raises(ValueError, match="marks"):
        docs.written("settings", page)


def test_a_setting_has_a_meaning_and_no_document_names_another() -> None:
    known = {f"ASKPANEL_{name.upper()}" for name in Config.model_fields} | {SERVING_PORT}
    assert all(field.description for field in Config.model_fields.values())
    for path, text in documents().items():
        assert set(re.findall(r"ASKPANEL_[A-Z_]*[A-Z]", text)) <= known, path


# Addresses


@cache
def served() -> frozenset[tuple[str, str]]:
    """(address, method) of every route. Making the application connects to nothing."""
    config = load(redis_url="unix:///nowhere/engine.sock", secret_key="k" * 40)
    made = application.create(config)
    routes = addresses_of(made.site, made.door, made.attendance, made.presence, made.playbook)
    links = demo.sign_in_links(made.site, made.door, "key")
    return frozenset(pair for route in [*routes, *links] for pair in addresses(route))


def addresses(route: BaseRoute) -> Iterator[tuple[str, str]]:
    match route:
        case Mount():
            yield re.sub(r"[0-9a-f]{12}$", "{version}/{file}", route.path), "GET"
        case WebSocketRoute():
            yield plain(route.path), "WebSocket"
        case Route():
            for method in sorted((route.methods or set()) - {"HEAD"}):
                yield plain(route.path), method


def plain(path: str) -> str:
    """`{number:int}` is `{number}` to a reader."""
    return re.sub(r":\w+}", "}", path)


def route_faults(page: str) -> Iterator[str]:
    rows = headed(page, "Address", "Method", "Who", "Answers")
    told = {(code(address), method) for address, method, *_ in rows}
    yield from differences("an address", told, set(served()))
    yield from (f"{row[0]} says nothing" for row in rows if not all(row))


def command_rule_faults(page: str) -> Iterator[str]:
    """The commands on a question, against the rules that the store enforces."""
    told = {
        code(command): (set(who.split(", ")), states(before), after, codes(fields))
        for command, who, before, after, fields in headed(page, "Command", "Who", "From")
    }
    for name, rule in RULES.items():
        if name not in ELSEWHERE:
            to = rule.to or "as it was"
            true = (set(map(str, rule.roles)), set(map(str, rule.from_)), str(to), set(rule.needs))
            who, before, after, fields = told.pop(name, (set(), set(), "", set()))
            if (who, before, after) != true[:3] or not true[3] <= fields:
                yield f"{name} is not so: {true}"
    yield from (f"{name} is no command" for name in told)


def states(cell: str) -> set[str]:
    """The states that a cell names."""
    some = {"any": tuple(State), "any but withdrawn": OPENED}.get(cell)
    return set(cell.split(", ")) if some is None else set(map(str, some))


def code_faults(page: str) -> Iterator[str]:
    """Every refusal is named, and every state is one."""
    named = codes(page)
    yield from (f"{each} is not named" for each in sorted({*REFUSALS} - named))
    found = {state for row in headed(page, "Command", "Who") for state in states(row[2])}
    yield from (f"{each} is no state" for each in found - set(map(str, State)))


def address_faults(page: str) -> list[str]:
    return [*route_faults(page), *command_rule_faults(page), *code_faults(page)]


def test_every_address_and_every_command_on_a_question_is_documented_as_it_is() -> None:
    assert address_faults(document("docs/routes.md")) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("| `/privacy` | GET |", "| `/private` | GET |"),
        ("| `/staff/sign-out` | POST |", "| `/staff/sign-out` | GET |"),
        ("/live` | WebSocket | our own pages", "/line` | WebSocket | our own pages"),
        ("| `hold` | host, lead, moderator |", "| `hold` | host |"),
        ("| pending, escalated | held |", "| pending | held |"),
        ("| any but withdrawn | as it was | `position`", "| pending | as it was | `position`"),
        ("| `note` |", "| |"),
        ("`own_draft`", "`own_text`"),
    ],
)
def test_a_planted_difference_of_an_address_is_found(right: str, wrong: str) -> None:
    page = document("docs/routes.md")
    assert right in page
    assert address_faults(page.replace(right, wrong))


# The command line


def program() -> dict[str, dict[str, str]]:
    """Each command with its options and their defaults, as the program has them."""
    found: dict[str, dict[str, str]] = {}

    def walk(command: Any, path: str) -> None:
        for name, inner in getattr(command, "commands", {}).items():
            walk(inner, f"{path} {name}")
        if not hasattr(command, "commands"):
            found[path] = {option_name(p): default(p) for p in command.params}

    walk(typer.main.get_command(cli.app), "askpanel")
    return found


def option_name(parameter: Any) -> str:
    longest = max(parameter.opts, key=len)
    return str(longest if longest.startswith("-") else longest.upper())


def default(parameter: Any) -> str:
    """As documented; "" where there is none to speak of and words may say what happens."""
    if parameter.required:
        return "required"
    if isinstance(parameter.default, bool):
        return "yes" if parameter.default else "no"
    return f"`{parameter.default}`" if parameter.default not in ("", None) else ""


def command_faults(page: str) -> Iterator[str]:
    told = {
        code(heading): {code(name): told for name, told, _ in headed(body, "Option", "Default")}
        for heading, body in sections(page).items()
        if code(heading).startswith("askpanel")
    }
    true = {
        " ".join([path, *(name for name in options if name.isupper())]): options
        for path, options in program().items()
    }
    yield from differences("a command", set(told), set(true))
    for name in told.keys() & true.keys():
        yield from differences(name, set(told[name]), set(true[name]))
        for option in told[name].keys() & true[name].keys():
            said, is_ = told[name][option], true[name][option]
            if said != is_ and (is_ or "`" in said or said in ("required", "yes", "no", "")):
                yield f"{name} {option} is {is_ or 'nothing'} by default, not {said}"


def test_every_command_and_option_is_documented_as_it_is() -> None:
    assert list(command_faults(document("docs/commands.md"))) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("## `askpanel session list`", "## `askpanel session show`"),
        ("| `--workers` |", "| `--processes` |"),
        ("| `--port` | `8000` |", "| `--port` | `8080` |"),
        ("| `--role` | required |", "| `--role` | `host` |"),
        ("| `--password-stdin` | no |", "| `--password-stdin` | yes |"),
        ("## `askpanel export SLUG`", "## `askpanel export`"),
    ],
)
def test_a_planted_difference_of_a_command_is_found(right: str, wrong: str) -> None:
    page = document("docs/commands.md")
    assert right in page
    assert list(command_faults(page.replace(right, wrong)))


# Session files and frames


def session_file_faults(page: str) -> Iterator[str]:
    """The keys at the top are the program's, every key of the examples is there, and the
    refusal that is quoted is the one that is given."""
    told = sections(page)
    yield from differences(
        "a key", {code(row[0]) for row in headed(told["The session"], "Key")}, set(SETTINGS)
    )
    documented = {code(row[0]).strip("[]") for row in headed(page, "Key")} | codes(" ".join(told))
    for example in EXAMPLES.glob("*.toml"):
        for key in keys(tomllib.loads(example.read_text("utf-8"))):
            if key not in documented:
                yield f"{key}, in {example.name}, is not documented"
    with pytest.raises(Refused) as refused:
        read(EXAMPLES / "wrong-number.toml")
    if str(refused.value) not in " ".join(page.split()):
        yield "the refusal of wrong-number.toml is another"


def keys(table: dict[str, Any]) -> Iterator[str]:
    """Keys and headings of a file; those of a text are languages, not keys."""
    for key, value in table.items():
        lists = isinstance(value, list) and isinstance(value[0], dict)
        yield f"[[{key}]]" if lists else key
        for inner in value if lists else ():
            yield from keys(inner)


def frame_faults(page: str) -> Iterator[str]:
    """The close codes that the program gives, with their reasons."""
    told = {code_: reason for code_, reason, *_ in headed(page, "Code", "Reason")}
    for number, reason in (
        room.SLOW,
        attendance.SIGNED_OUT,
        staff_socket.FORBIDDEN,
        staff_socket.GONE,
    ):
        if told.get(str(number)) != f"`{reason}`":
            yield f"{number} is {reason}"


def test_session_files_and_frames_are_documented_as_they_are() -> None:
    assert list(session_file_faults(document("docs/session-files.md"))) == []
    assert list(frame_faults(document("docs/frames.md"))) == []


def test_a_planted_difference_of_a_session_file_or_a_frame_is_found() -> None:
    page = document("docs/session-files.md")
    for right in ("| `ask_name` |", "| `urgent` |", "`[[topics]]`", "premium-rate number"):
        assert right in page
        assert list(session_file_faults(page.replace(right, "| `other` |")))
    page = document("docs/frames.md")
    assert list(frame_faults(page.replace("| 1013 |", "| 1014 |")))


# The playbook

SHAPES: dict[str, type[Struct]] = {
    "reasons": Reason,
    "replies": Template,
    "diversions": Diversion,
    "canned": Template,
    "decisions": Decision,
    "labels": Label,
}


def playbook_faults(page: str) -> Iterator[str]:
    """Every list, every key, whether it is needed, every kind and every place for signposts."""
    told = sections(page)
    yield from differences(
        "a list", {each.strip("`[]") for each in told if "[[" in each}, set(SHAPES)
    )
    yield from differences("a list", {*SHAPES, "watch"}, set(Playbook.__struct_fields__))
    for name, shape in SHAPES.items():
        rows = headed(told.get(f"`[[{name}]]`", ""), "Key", "Needed")
        needed = {field.name: "yes" if field.required else "no" for field in fields(shape)}
        yield from differences(name, {code(key): value for key, value, *_ in rows}, needed)
    kinds = {code(kind): value for kind, value, *_ in headed(page, "Kind", "Needed")}
    needed = {each: "yes" if each in (DISTRESS, THREAT) else "no" for each in WATCHED}
    yield from differences("a kind", kinds, needed)
    places = {code(row[0]) for row in headed(page, "Place")}
    yield from differences("a place", places, set(re.findall(r"\{[^}]*\}", PLACEHOLDERS)))
    good = PACKAGED.read_text("utf-8")
    with pytest.raises(Refused) as refused:
        parse_playbook(good.replace('cy = "Sarhaus"\n', "", 1).encode())
    if str(refused.value) not in " ".join(page.split()):
        yield "the refusal of a text without Welsh is another"


def test_the_playbook_is_documented_as_it_is() -> None:
    assert list(playbook_faults(document("docs/playbook.md"))) == []


@pytest.mark.parametrize(
    "right",
    ["| `hide` | no |", "`[[canned]]`", "| `signposts` |", "`fear`", "| `{urgent}` |", "line 68"],
)
def test_a_planted_difference_of_the_playbook_is_found(right: str) -> None:
    page = document("docs/playbook.md")
    assert right in page
    assert list(playbook_faults(page.replace(right, "| `other` | maybe |")))


# The log inventory


def inventory_faults(page: str) -> Iterator[str]:
    """Every event of a session's log, and every key that erasing a session takes away."""
    told = {each for row in headed(page, "Event", "What it adds") for each in codes(row[0])}
    yield from differences("an event", told, set(EVENTS))
    keys_told = {code(row[0]) for row in headed(page, "Key", "What stands in it")} | {"log"}
    erasing = sections(document("docs/operating.md"))["Erasing"]
    erased = set(re.findall(r"'askpanel:{SLUG}:(\w+)'", erasing))
    yield from differences("a key", keys_told, erased)


def test_the_log_inventory_has_every_event_and_every_key() -> None:
    assert list(inventory_faults(document("docs/log-inventory.md"))) == []
    for right in ("`arrived` ", "| `drafts` |", "`concluded`"):
        page = document("docs/log-inventory.md")
        assert right in page
        assert list(inventory_faults(page.replace(right, "| `other` |")))


# The rest


def decision_faults(files: dict[str, str]) -> Iterator[str]:
    """A page each, numbered without a gap: options, each with how it fails, choice, regret."""
    for number, (name, text) in enumerate(sorted(files.items()), 1):
        if not re.fullmatch(rf"{number:04d}-[a-z0-9-]+\.md", name):
            yield f"{name} is not number {number:04d}"
        if not text.startswith(f"# {name[:4]}. "):
            yield f"{name} has another title"
        found = sections(text)
        if list(found) != DECISION or not all(body.strip() for body in found.values()):
            yield f"{name} has other sections: {list(found)}"
        elif found["Options"].count("\n### ") < 2 or "fails" not in found["Options"]:
            yield f"{name} does not tell its options by how they fail"


def test_every_decision_tells_its_options_its_choice_and_its_regret() -> None:
    files = {p.name: p.read_text("utf-8") for p in (ROOT / "docs/decisions").glob("*.md")}
    assert len(files) >= 10
    assert list(decision_faults(files)) == []
    for right, wrong in (("## Regret", "## Notes"), ("fails", "works"), ("# 0003. ", "# 0004. ")):
        text = files["0003-dense-positions.md"].replace(right, wrong)
        assert list(decision_faults({**files, "0003-dense-positions.md": text}))
    del files["0002-one-log-one-lua-call.md"]
    assert list(decision_faults(files))


def promise_faults(page: str) -> Iterator[str]:
    """Each promise of this version, with tests that exist."""
    rows = {row[0].partition(":")[0]: row[1] for row in headed(page, "Promise", "Tested in")}
    yield from differences("a promise", set(rows), set(PROMISES))
    for promise, tests in rows.items():
        if not codes(tests) or not all((ROOT / each).is_file() for each in codes(tests)):
            yield f"{promise} names no test, or one that is not there"


def test_every_promise_names_its_tests() -> None:
    page = document("SECURITY.md")
    assert list(promise_faults(page)) == []
    assert list(promise_faults(page.replace("| P21", "| P22")))
    assert list(promise_faults(page.replace("test_", "no_test_")))


def test_the_changelog_says_what_is_new() -> None:
    assert "\n- " in sections(document("CHANGELOG.md"))["Unreleased"]


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_and_files_exist_and_no_word_is_foreign(path: Path) -> None:
    text = documents()[path]
    assert list(link_faults(path, text)) == []
    assert FOREIGN.findall(text) == []


def test_a_dead_link_a_lost_file_and_a_foreign_word_are_found() -> None:
    for planted in ("[x](docs/none.md)", "[x](README.md#none)", "`tests/none.py`", "![](no.png)"):
        assert list(link_faults(ROOT / "SECURITY.md", planted)), planted
    assert FOREIGN.search("Ask the helper.")
    assert FOREIGN.search("see /work/notes")
    assert not FOREIGN.search("`--workers` helps")
