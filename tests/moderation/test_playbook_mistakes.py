"""A playbook with a mistake in it is refused, with the mistake's place, line and remedy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askpanel.eventlog.sessionfile import Mistake, Refused
from askpanel.moderation.playbookfile import PACKAGED, parse
from tests.eventlog.badfile import Row

GOOD = """\
[[reasons]]
code = "off-topic"
key = "1"
hide = true
label = { en = "Off topic", cy = "Amherthnasol" }
words = { en = "Not here.", cy = "Ddim yma." }

[[reasons]]
code = "abusive"
key = "2"
label = { en = "Abusive", cy = "Sarhaus" }
words = { en = "Not so.", cy = "Ddim felly." }

[[replies]]
code = "help"
label = { en = "Help", cy = "Help llaw" }
[replies.text]
en = '''
Call:
{urgent}'''
cy = '''
Ffoniwch:
{urgent}'''

[[diversions]]
code = "crime"
key = "1"
label = { en = "A crime", cy = "Trosedd" }
words = { en = "Tell the police.", cy = "Dywedwch wrth yr heddlu." }
signposts = ["report"]

[[canned]]
code = "law"
label = { en = "Law", cy = "Cyfraith" }
text = { en = "It is the law.", cy = "Dyna'r gyfraith." }

[[decisions]]
code = "no-danger"
label = { en = "No danger", cy = "Dim perygl" }

[[labels]]
code = "first"
label = { en = "First", cy = "Cyntaf" }

[watch.en]
distress = ["kill myself", "suicid*"]
threat = ["kill him"]

[watch.cy]
distress = ["lladd fy hun"]
threat = ["ei ladd"]
"""


def mistakes_in(content: bytes) -> list[Mistake]:
    """The mistakes that `content` is refused for; none if a playbook comes of it."""
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


def test_the_file_that_is_changed_below_is_good() -> None:
    assert mistakes_after() == []


LANGUAGE = "Take it out. What may stand here is en and cy."
KNOWN = "{urgent}, {signposts} or {signpost:ID}"
NUMBERS = "Take it out: people are given those of the session's signposts, which are checked."
ROWS = [
    Row(
        ', cy = "Ddim yma."',
        "",
        "reasons[0].words.cy",
        "There are no words in Welsh.",
        'Add cy = "…" here.',
    ),
    Row(
        'en = "First", ',
        "",
        "labels[0].label.en",
        "There are no words in English.",
        'Add en = "…" here.',
    ),
    Row(
        'cy = "Ddim yma."',
        'cy = "Ddim yma.", fr = "Non."',
        "reasons[0].words.fr",
        '"fr" is not a language that Askpanel speaks.',
        LANGUAGE,
    ),
    Row(
        'cy = "Ddim yma."',
        'cy = " "',
        "reasons[0].words.cy",
        "This is empty.",
        'Fill it in, like this: cy = "…"',
    ),
    Row(
        'code = "abusive"',
        'code = "off-topic"',
        "reasons[1].code",
        '"off-topic" is the code of reasons[0] already.',
        "Choose another.",
    ),
    Row(
        'code = "abusive"',
        'code = "Very abusive"',
        "reasons[1].code",
        '"Very abusive" is not well formed.',
        "Use lower-case letters and digits, with single hyphens between them.",
    ),
    Row(
        'code = "abusive"\n',
        "",
        "reasons[1].code",
        "This is missing.",
        'Add it, like this: code = "off-topic"',
    ),
    Row(
        'key = "2"',
        'key = "1"',
        "reasons[1].key",
        '"1" is the key of reasons[0] already.',
        "Choose another, or take the line out.",
    ),
    Row(
        'key = "2"',
        'key = "x"',
        "reasons[1].key",
        '"x" is not one digit.',
        'Choose from "0" to "9".',
    ),
    Row(
        'key = "2"',
        'key = "12"',
        "reasons[1].key",
        '"12" is not one digit.',
        'Choose from "0" to "9".',
    ),
    Row(
        'key = "2"',
        "key = 2",
        "reasons[1].key",
        "This is a whole number, but text in quotes is needed here.",
        'Write it like this: key = "1"',
    ),
    Row(
        "hide = true",
        'hide = "yes"',
        "reasons[0].hide",
        "This is text in quotes, but true or false is needed here.",
        "Write it like this: hide = true",
    ),
    Row(
        "hide = true",
        "hidden = true",
        "reasons[0].hidden",
        "This key is not known here.",
        "Did you mean hide?",
    ),
    Row(
        "[[reasons]]",
        "slug = 1\n[[reasons]]",
        "slug",
        "This key is not known here.",
        "Take it out. What may stand here is reasons, replies, diversions, canned, decisions, "
        "labels and watch.",
    ),
    Row(
        "words = { en",
        'words = { slug = "x", en',
        "reasons[0].words.slug",
        '"slug" is not a language that Askpanel speaks.',
        LANGUAGE,
    ),
    Row(
        "{urgent}",
        "{urgnet}",
        "replies[0].text.en",
        '"{urgnet}" is not known here.',
        f"Write {KNOWN}, where ID is a signpost's in a session.",
    ),
    Row(
        "{urgent}",
        "{signpost:No such}",
        "replies[0].text.en",
        '"{signpost:No such}" is not known here.',
        f"Write {KNOWN}, where ID is a signpost's in a session.",
    ),
    Row(
        "Call:\n{urgent}",
        "Call {urgent} now",
        "replies[0].text.en",
        'In "Call {urgent} now" the signposts do not have a line of their own.',
        "Put what is in brackets alone into a line; it becomes a sentence.",
    ),
    Row(
        "It is the law.",
        "It is the {law.",
        "canned[0].text.en",
        'In "It is the {law." a bracket is left over.',
        f"Write {KNOWN}.",
    ),
    Row(
        "Not here.",
        "Call 0908 1000 900.",
        "reasons[0].words.en",
        'There is a telephone number or an address in it, "0908 1000 900".',
        NUMBERS,
    ),
    Row(
        "Dyna'r gyfraith.",
        "Gweler www.gov.uk/cyfraith.",
        "canned[0].text.cy",
        'There is a telephone number or an address in it, "www.gov.uk/cyfraith".',
        NUMBERS,
    ),
    Row(
        '["report"]',
        '["report", "report"]',
        "diversions[0].signposts[1]",
        '"report" is listed twice.',
        "Take one of them out.",
    ),
    Row(
        '["report"]',
        "[101]",
        "diversions[0].signposts[0]",
        "This is a whole number, but text in quotes is needed here.",
        'Write it like this: signposts = ["report"]',
    ),
    Row(
        'signposts = ["report"]\n',
        "",
        "diversions[0].signposts",
        "This is missing.",
        'Add it, like this: signposts = ["report"]',
    ),
    Row(
        'threat = ["ei ladd"]\n',
        "",
        "watch.cy.threat",
        "This is missing.",
        'Add it, like this: threat = ["…"]',
    ),
    Row(
        'threat = ["ei ladd"]',
        "threat = []",
        "watch.cy.threat",
        "This list is empty.",
        'Add one, like this: threat = ["…"]',
    ),
    Row(
        'threat = ["ei ladd"]',
        'threat = ["Lladd  Fy Hûn"]',
        "watch.cy.threat[0]",
        '"lladd fy hûn" stands in watch.cy.distress[0] already.',
        "Take one of them out.",
    ),
    Row(
        '"suicid*"',
        '"su*"',
        "watch.en.distress[1]",
        'In "su*" a * does not end a word of three letters or more.',
        "Write the word out, or more of it.",
    ),
    Row(
        '"suicid*"',
        '"…"',
        "watch.en.distress[1]",
        'There is no word in "...".',
        "Take it out.",
    ),
    Row(
        '"suicid*"',
        "9",
        "watch.en.distress[1]",
        "This is a whole number, but text in quotes is needed here.",
        'Write it like this: distress = ["…"]',
    ),
    Row(
        "[watch.cy]",
        'anger = ["grr"]\n[watch.cy]',
        "watch.en.anger",
        "This key is not known here.",
        "Did you mean danger?",
    ),
    Row(
        "[watch.cy]",
        '[watch.fr]\ndistress = ["x"]\n[watch.cy]',
        "watch.fr",
        "This key is not known here.",
        "Take it out. What may stand in watch is en and cy.",
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.place}: {row.after[:24]}")
def test_one_mistake_is_told_once_with_its_place_and_line(row: Row) -> None:
    (mistake,) = mistakes_after((row.before, row.after))
    assert (mistake.place, mistake.says, mistake.mend) == (row.place, row.says, row.mend)
    assert mistake.line is not None
    text = GOOD.replace(row.before, row.after, 1)
    assert 1 <= mistake.line <= text.count("\n") + 1


def test_the_line_is_the_one_to_mend() -> None:
    (mistake,) = mistakes_after(('cy = "Amherthnasol"', 'fr = "x", cy = "y"'))
    assert str(mistake) == (
        'reasons[0].label.fr (line 5): "fr" is not a language that Askpanel speaks. '
        "Take it out. What may stand here is en and cy."
    )


@pytest.mark.parametrize("name", ["reasons", "decisions"])
def test_without_reasons_or_decisions_nobody_could_decide(name: str) -> None:
    begin = GOOD.index(f"[[{name}]]")
    end = GOOD.index("\n\n[[re" if name == "reasons" else "\n\n[[labels", begin + 1)
    rest = GOOD[end:].removeprefix("\n\n")
    if name == "reasons":
        rest = rest[rest.index("[[replies]]") :]
    (mistake,) = mistakes_in((GOOD[:begin] + rest).encode())
    assert (mistake.place, mistake.says) == (name, "This is missing.")


def test_what_is_not_needed_may_be_left_out() -> None:
    without = GOOD[: GOOD.index("[[replies]]")]
    rest = GOOD[GOOD.index("[[decisions]]") : GOOD.index("[[labels]]")]
    playbook = parse((without + rest + GOOD[GOOD.index("[watch.en]") :]).encode())
    assert not any((playbook.replies, playbook.canned, playbook.diversions, playbook.labels))


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    found = mistakes_after(
        ('"off-topic"', '"a b"'), ('"crime"', '"c d"'), ('key = "2"', 'key = ""')
    )
    assert [each.place for each in found] == [
        "reasons[0].code",
        "reasons[1].key",
        "diversions[0].code",
    ]


def test_what_is_no_toml_and_what_is_too_large_are_refused_as_a_sessions_file_is() -> None:
    (mistake,) = mistakes_in(b"reasons = ")
    assert str(mistake).startswith("the file (line 1): It is not TOML: ")
    (mistake,) = mistakes_in(b"#" * 300_000)
    assert mistake.says == "It is larger than 256 KB, which no playbook needs to be."


PIECES = PACKAGED.read_text("utf-8").split("\n")


@given(st.binary())
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    mistakes_in(content)


@given(st.integers(0, len(GOOD)), st.integers(0, 80), st.text(max_size=8))
def test_a_good_file_with_some_of_it_overwritten_is_read_or_refused(
    start: int, length: int, text: str
) -> None:
    for mistake in mistakes_in(
        (GOOD[:start] + text + GOOD[start + length :]).encode("utf-8", "replace")
    ):
        assert str(mistake).isprintable()


@given(st.lists(st.sampled_from(sorted(set(PIECES))), max_size=12))
def test_any_lines_of_the_packaged_file_are_read_or_refused(lines: list[str]) -> None:
    mistakes_in("\n".join(lines).encode())
