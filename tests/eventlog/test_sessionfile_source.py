"""Files that are no session file at all: missing, too large, in no encoding, not TOML."""

from __future__ import annotations

from pathlib import Path

import pytest

from askpanel.eventlog.sessionfile import LARGEST, Refused, parse, read
from tests.eventlog.badfile import GOOD, mistakes_in


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refusal:
        read(tmp_path / "nothing.toml")
    assert str(refusal.value) == (
        f'the file: There is no file "{tmp_path}/nothing.toml". Check its name.'
    )


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refusal:
        read(tmp_path)
    (mistake,) = refusal.value.mistakes
    assert mistake.says == f'"{tmp_path}" cannot be read: Is a directory.'


def test_a_name_that_no_file_can_have_is_mistakes_in() -> None:
    with pytest.raises(Refused, match=r"cannot be read: embedded null byte\."):
        read("\0")


def test_a_name_that_the_system_refuses_is_refused_in_its_words(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"cannot be read: File name too long\."):
        read(tmp_path / ("long" * 100))


def test_a_file_of_exactly_the_largest_size_is_read_and_one_byte_more_is_not() -> None:
    content = GOOD.encode() + b"#" * (LARGEST - len(GOOD.encode()))
    assert parse(content).slug == "ask-the-police"
    (mistake,) = mistakes_in(content + b"#")
    assert mistake.says == "It is larger than 256 KB, which no session file needs to be."


def test_an_endless_file_is_not_read_to_its_end() -> None:
    with pytest.raises(Refused, match="larger than 256 KB"):
        read("/dev/zero")


def test_a_file_in_another_encoding_is_told_the_line_of_the_first_such_byte() -> None:
    (mistake,) = mistakes_in(b'slug = "least"\ntitle.en = "D\xfcr"\n')
    assert str(mistake) == (
        "the file (line 2): It is not in UTF-8. Save it in your editor with the encoding UTF-8."
    )


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        (b"a = 1\nb = \n", 2, "It is not TOML: Invalid value."),
        (b"a = 1\na = 2\nb = 3\n", 2, "It is not TOML: Cannot overwrite a value."),
        (b'a = 1\n\nb = "x', 3, "It is not TOML: Unterminated string."),
        (b'a = "\x00"', 1, r"It is not TOML: Illegal character '\x00'."),
        (b"a = " + b"[" * 50_000, None, "Its brackets are nested too deep."),
        (b"a = " + b"9" * 5_000, None, "It has a number of thousands of digits."),
    ],
)
def test_a_file_that_is_not_toml_is_told_the_line(
    content: bytes, line: int | None, says: str
) -> None:
    (mistake,) = mistakes_in(content)
    assert (mistake.place, mistake.line, mistake.says) == ("the file", line, says)
