"""What staff write is shown as paragraphs and lists, and never as anything that was not written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askpanel.chat.plaintext import blocks
from askpanel.chat.view import view


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One line", [("p", ["One line"])]),
        ("One\ntwo\n\nthree", [("p", ["One", "two"]), ("p", ["three"])]),
        ("- Stop\n- Think", [("ul", ["Stop", "Think"])]),
        ("You can:\n- Stop\n- Think\nAnd rest", None),
        ("1. Stop\n2. Think", [("ol", ["Stop", "Think"])]),
        ("1) Stop\n2) Think", [("ol", ["Stop", "Think"])]),
        ("1. Stop\n\n1. Again", [("ol", ["Stop"]), ("ol", ["Again"])]),
        ("  - Stop", [("ul", ["Stop"])]),
        # What only looks like a list keeps what it says.
        ("999. Call it now.", [("p", ["999. Call it now."])]),
        ("2. Second", [("p", ["2. Second"])]),
        ("1. One\n3. Three", [("ol", ["One"]), ("p", ["3. Three"])]),
        ("-5 degrees\n- ", [("p", ["-5 degrees", "- "])]),
        ("1.5 million", [("p", ["1.5 million"])]),
        ("\n \n", []),
        ("", []),
    ],
)
def test_a_text_falls_into_paragraphs_and_lists(
    text: str, expected: list[tuple[str, list[str]]] | None
) -> None:
    found = [(block.kind, block.lines) for block in blocks(text)]
    if expected is None:
        expected = [("p", ["You can:"]), ("ul", ["Stop", "Think"]), ("p", ["And rest"])]
    assert found == expected


@given(st.text())
def test_no_word_is_lost(text: str) -> None:
    shown = "\n".join(line for block in blocks(text) for line in block.lines)
    for word in text.split():
        if any(c.isalpha() for c in word):
            assert word.strip() in shown


def test_every_line_is_escaped_wherever_it_stands() -> None:
    text = "<b>one</b>\n- <b>two</b>\n\n1. <b>three</b>"
    drawn = str(view("en").part("parts/shared.html", "plain", text, "cy"))
    assert drawn.count("&lt;b&gt;") == 3
    assert "<b>" not in drawn
    assert drawn.count('lang="cy"') == 3
    assert drawn.index("<ul") < drawn.index("<ol")
