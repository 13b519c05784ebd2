"""The guide for staff: its keys, the states of a question and who may do what are the program's.

`tools/docs.py` writes these tables; here they are read by other eyes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from askpanel.eventlog.model import Role, State
from askpanel.eventlog.rules import NOT_UNDOABLE, RULES
from askpanel.moderation.keymap import KEYMAP
from askpanel.moderation.triage import TRIAGE_LISTS
from tests.documents import ROOT, code, differences, document, headed
from tools import docs


def moderating_faults(page: str) -> Iterator[str]:
    """Keys, states and roles, each against the program."""
    told = {(code(key), where, words) for key, words, where in headed(page, "Key", "What it does")}
    yield from differences(
        "a key", told, {(each.key, ", ".join(each.screens), each.words) for each in KEYMAP}
    )
    rows = {row[0]: (row[1], row[3]) for row in headed(page, "State", "List")}
    yield from differences("a state", set(rows), set(map(str, State)))
    titles = (ROOT / "askpanel/templates/staff/triage.html").read_text("utf-8")
    for state, (title, ways) in rows.items():
        name = next((name for name, states in TRIAGE_LISTS.items() if state in states), "")
        if f"'{name}': _('{title}')" not in titles:
            yield f"{state} stands on no list {title}"
        yield from differences(
            state, set(re.findall(r"`(\w+)` → (\w+)", ways)), set(leading_on(state))
        )
    yield from role_faults(page)


def leading_on(state: str) -> Iterator[tuple[str, str]]:
    """Commands that bring a question from a state to another one, and to which."""
    for command, rule in RULES.items():
        if state in rule.from_ and rule.to not in ("", state):
            yield command, str(rule.to)
    if state == State.REPLIED:
        yield "respond", "pending"


def role_faults(page: str) -> Iterator[str]:
    """Every command of staff is somewhere in what is told, by those who may give it."""
    told = {row[0]: row[1:] for row in headed(page, "What", *map(str, Role))}
    named = {command for _, commands in docs.TASKS for command in commands}
    theirs = {name for name, rule in RULES.items() if set(rule.roles) & set(Role)}
    yield from differences("a task", named, theirs)
    for task, commands in docs.TASKS:
        for command in commands:
            may = tuple("yes" if role in RULES[command].roles else "–" for role in Role)
            if told.get(task) != may:
                yield f"{task} is for {may}"


def test_the_guide_for_staff_tells_keys_states_and_roles_as_they_are() -> None:
    assert list(moderating_faults(document("docs/moderating.md"))) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("| `a` | Approve |", "| `b` | Approve |"),
        ("| Put on hold | triage |", "| Put on hold | desk |"),
        ("| diverted | Not published |", "| diverted | Waiting |"),
        ("`hold` → held", "`hold` → approved"),
        ("`respond` → pending", "`respond`"),
        (
            "| Release a claim | yes | yes | yes | yes |",
            "| Release a claim | yes | yes | – | yes |",
        ),
    ],
)
def test_a_planted_difference_of_the_guide_is_found(right: str, wrong: str) -> None:
    page = document("docs/moderating.md")
    assert right in page
    assert list(moderating_faults(page.replace(right, wrong)))


def test_the_guide_says_of_every_command_without_an_undo_why() -> None:
    """In the words of the guide: the table names each of them."""
    page = document("docs/moderating.md")
    said = " ".join(f"{what} {why}" for what, why in headed(page, "Has no undo", "Because")).lower()
    words = {
        "withdraw": "withdraw", "respond": "this helped", "escalate": "escalate",
        "acknowledge": "acknowledge", "conclude": "record a decision", "claim": "claim",
        "answer": "an answer", "publish": "an answer", "return": "return an answer",
        "correct": "a correction", "translate": "the other language", "remove": "taking down",
    }  # fmt: skip
    assert {*NOT_UNDOABLE} - {"undo", "release", "expire"} == {*words}
    assert [each for each in words.values() if each not in said] == []
