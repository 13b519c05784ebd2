"""The words of a session file: every language that it lists, no other, and fit to be shown."""

from __future__ import annotations

import pytest

from tests.eventlog.badfile import Row, check, mistakes_after

RETYPE = "Take the character out; typing the words afresh may be quickest."

LANGUAGES = [
    Row(
        'cy = "Holwch yr heddlu"\n',
        "",
        "title.cy",
        "There are no words in Welsh, which languages lists.",
        'Add cy = "…" here, or take "cy" out of languages.',
    ),
    Row(
        '{ en = "The law", cy = "Y gyfraith" }',
        '{ cy = "Y gyfraith" }',
        "topics[0].label.en",
        "There are no words in English, which languages lists.",
        'Add en = "…" here, or take "en" out of languages.',
    ),
    Row(
        'cy = "Holwch yr heddlu"',
        'cy = "Holwch yr heddlu"\nfr = "Demandez"',
        "title.fr",
        '"fr" is not a language that Askpanel speaks.',
        "Take it out. What may stand here is en and cy.",
    ),
    Row(
        'cy = "Holwch yr heddlu"',
        'cy = "Holwch yr heddlu"\nCY = "Holwch"',
        "title.CY",
        '"CY" is not a language that Askpanel speaks.',
        "Did you mean cy?",
    ),
    Row(
        '["en", "cy"]',
        '["en", "cy", "fr"]',
        "languages[2]",
        '"fr" is not a language that Askpanel speaks.',
        'Choose from "en" (English) and "cy" (Welsh).',
    ),
    Row(
        '["en", "cy"]',
        '["en", "cy", "en"]',
        "languages[2]",
        '"en" is listed twice.',
        "Take one of them out.",
    ),
    Row(
        '["en", "cy"]',
        '["en", "cy", 3]',
        "languages[2]",
        "This is a whole number, but text in quotes is needed here.",
        'Write "en" or "cy".',
    ),
    Row(
        '["en", "cy"]',
        "[]",
        "languages",
        "No language is listed.",
        'Add one, like this: languages = ["en", "cy"]',
    ),
    Row(
        'languages = ["en", "cy"]',
        'languages = "en"',
        "languages",
        "This is text in quotes, but a list is needed here.",
        'Write it like this: languages = ["en", "cy"]',
    ),
]


@pytest.mark.parametrize("row", LANGUAGES, ids=lambda row: f"{row.place}: {row.after[:20]}")
def test_languages_and_translations(row: Row) -> None:
    check(row)


def test_words_in_a_language_that_is_not_listed_are_each_told() -> None:
    mistakes = mistakes_after(('["en", "cy"]', '["en"]'))
    assert [mistake.place for mistake in mistakes] == [
        "title.cy",
        "summary.cy",
        "organisations[0].name.cy",
        "organisations[1].name.cy",
        "signposts[0].when.cy",
        "signposts[0].name.cy",
        "topics[0].label.cy",
    ]
    assert {str(mistake).split(": ", 1)[1] for mistake in mistakes} == {
        (
            "There are words in Welsh, which languages does not list. "
            'Add "cy" to languages, or take these words out.'
        )
    }


def test_a_language_that_is_refused_in_the_list_is_not_told_again_at_each_text() -> None:
    changes = ('["en", "cy"]', '["en", "cy", "fr"]'), ('en = "Ask', 'fr = "Demandez"\nen = "Ask')
    assert [mistake.place for mistake in mistakes_after(*changes)] == ["languages[2]"]


def test_a_text_with_no_words_is_told_even_if_no_language_is_known() -> None:
    changes = ('languages = ["en", "cy"]\n', ""), ('{ en = "The law", cy = "Y gyfraith" }', "{}")
    told = [(mistake.place, mistake.says) for mistake in mistakes_after(*changes)]
    assert told == [("languages", "This is missing."), ("topics[0].label", "This is empty.")]


def words(written: str, says: str, mend: str) -> Row:
    return Row('"Ask the police"', written, "title.en", says, mend)


def unseen(escape: str, says: str) -> Row:
    return words(
        f'"Ask{escape} the police"', f"There is an invisible character in it, {says}.", RETYPE
    )


WORDS = [
    words('""', "This is empty.", 'Fill it in, like this: en = "…"'),
    words('" \\t "', "This is empty.", 'Fill it in, like this: en = "…"'),
    words('"\\u200D"', "There is nothing to be seen in it.", "Write the words out."),
    words(
        "3",
        "This is a whole number, but text in quotes is needed here.",
        'Write it like this: en = "…"',
    ),
    words(f'"{"x" * 151}"', "This has 151 characters, and the most is 150.", "Shorten it by 1."),
    words('"""Ask\nthe police"""', "This runs over several lines.", "Write it in one line."),
    unseen("\\u0000", "U+0000 (a control character)"),
    unseen("\\u001B", "U+001B (a control character)"),
    unseen("\\t", "U+0009 (a control character)"),
    unseen("\\u0085", "U+0085 (a control character)"),
    unseen("\\u202E", "U+202E (right-to-left override)"),
    unseen("\\u2066", "U+2066 (left-to-right isolate)"),
    unseen("\\u200F", "U+200F (right-to-left mark)"),
    unseen("\\u200B", "U+200B (zero width space)"),
    unseen("\\u2028", "U+2028 (line separator)"),
    unseen("\\u2029", "U+2029 (paragraph separator)"),
    unseen("\\U000E0041", "U+E0041 (tag latin capital letter a)"),
]


@pytest.mark.parametrize("row", WORDS, ids=lambda row: row.after[:20])
def test_words_fit_to_be_shown(row: Row) -> None:
    check(row)


@pytest.mark.parametrize("title", ["Llan\u00adfair", "ک\u200cک", "👩\u200d💻 police", "£5 – “yes”"])
def test_words_that_are_spelled_with_more_than_letters_are_good(title: str) -> None:
    assert mistakes_after(("Ask the police", title)) == []


@pytest.mark.parametrize(
    ("before", "most"),
    [
        ("Ask the police", 150),
        ("The police answer.", 1_000),
        ("Greater Manchester Police", 120),
        ("You are worried", 200),
        ("Stop it Now! helpline", 120),
        ("The law", 80),
    ],
)
def test_each_text_may_be_just_so_long(before: str, most: int) -> None:
    assert mistakes_after((before, "ŵ" * most)) == []
    (mistake,) = mistakes_after((before, "ŵ" * (most + 3)))
    assert mistake.says == f"This has {most + 3} characters, and the most is {most}."
    assert mistake.mend == "Shorten it by 3."
