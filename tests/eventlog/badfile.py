"""A good session file, and what it is refused for once one thing in it is changed."""

from __future__ import annotations

from typing import NamedTuple

from askpanel.eventlog.sessionfile import Mistake, Refused, parse

GOOD = """\
slug = "ask-the-police"
timezone = "Europe/London"
starts = 2018-06-27T18:00:00
ends = 2018-06-27T19:00:00
questions_open = 2018-06-25T09:00:00
last_questions_minutes = 5
languages = ["en", "cy"]
ask_name = false

[title]
en = "Ask the police"
cy = "Holwch yr heddlu"

[summary]
en = "The police answer."
cy = "Bydd yr heddlu yn ateb."

[[organisations]]
id = "gmp"
name = { en = "Greater Manchester Police", cy = "Heddlu Manceinion Fwyaf" }

[[organisations]]
id = "lff"
name = { en = "The Lucy Faithfull Foundation", cy = "The Lucy Faithfull Foundation" }

[[signposts]]
id = "stop-it-now"
when = { en = "You are worried", cy = "Rydych yn poeni" }
name = { en = "Stop it Now! helpline", cy = "Llinell gymorth Stop it Now!" }
phone = "0808 1000 900"
url = "https://www.stopitnow.org.uk"
urgent = true

[[topics]]
id = "law"
label = { en = "The law", cy = "Y gyfraith" }
signpost = "stop-it-now"
"""


class Row(NamedTuple):
    """``before`` becomes ``after``; the mistake is at ``place``."""

    before: str
    after: str
    place: str
    says: str
    mend: str


def mistakes_in(content: bytes) -> list[Mistake]:
    """The mistakes that ``content`` is refused for; none if a session comes of it."""
    try:
        parse(content)
    except Refused as refusal:
        return refusal.mistakes
    return []


def mistakes_after(*changes: tuple[str, str]) -> list[Mistake]:
    """The mistakes of the good file with each (before, after) changed, once."""
    text = GOOD
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    return mistakes_in(text.encode())


def check(row: Row) -> None:
    """The file with ``row`` changed is refused for that one mistake, told in those words."""
    (mistake,) = mistakes_after((row.before, row.after))
    assert (mistake.place, mistake.says, mistake.mend) == (row.place, row.says, row.mend)
