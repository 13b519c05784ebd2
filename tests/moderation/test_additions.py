"""What the server adds to a command: the playbook's words, and what the number guard found."""

from __future__ import annotations

import msgspec
import pytest

from askpanel.moderation.additions import GUARDED, additions
from askpanel.moderation.playbook import Unlisted
from askpanel.moderation.playbookfile import packaged
from tests.cast import session

PLAYBOOK, SESSION = packaged(), session()


def added(command: str, **fields: str | int) -> dict[str, str]:
    return additions(command, fields, PLAYBOOK, SESSION)


@pytest.mark.parametrize(("code", "hidden"), [("abusive", "1"), ("off-topic", "")])
def test_a_reason_brings_its_words_and_whether_the_text_may_be_shown(
    code: str, hidden: str
) -> None:
    found = added("reject", reason=code)
    assert msgspec.json.decode(found["told"]) == PLAYBOOK.reason(code).words
    assert found["hidden"] == hidden


def test_a_diversion_brings_its_words_and_those_of_its_signposts_that_the_session_has() -> None:
    found = added("divert", diversion="child-at-risk")
    assert msgspec.json.decode(found["told"]) == PLAYBOOK.diversion("child-at-risk").words
    assert found["signposts"] == "emergency report stop-it-now"
    assert added("divert", diversion="images")["signposts"] == "report"


@pytest.mark.parametrize("command", sorted(GUARDED))
def test_a_text_that_goes_out_brings_what_is_not_listed(command: str) -> None:
    text = "Call 0908\n1000 900 or 0808 1000 900, or look at www.stopitnow.com."
    assert added(command, text=text) == {"unverified": "0908 1000 900\nwww.stopitnow.com"}
    assert added(command, text="Call 0808 1000 900.") == {"unverified": ""}


@pytest.mark.parametrize(
    ("command", "field"),
    [
        ("reject", "reason"),
        ("remove", "reason"),
        ("divert", "diversion"),
        ("conclude", "decision"),
        ("label", "labels"),
    ],
)
def test_a_code_that_the_playbook_does_not_have_is_refused(command: str, field: str) -> None:
    with pytest.raises(Unlisted):
        added(command, **{field: "nonsense"})
    assert added(command).keys() <= {"told", "hidden"}, "the store says what is missing"


def test_a_listed_code_adds_nothing_where_nothing_is_said() -> None:
    assert added("remove", reason="abusive") == {}
    assert added("conclude", decision="no-danger") == {}
    assert added("label", labels="first both") == {}
    assert added("label", labels="") == {}
    assert added("approve", text="Call 0908 1000 900") == {}
