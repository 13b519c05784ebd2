"""A TOML file as it lies on the disk: its bytes, its text, and what stands in it, or Refused.

What is no file, not in UTF-8 or not TOML is one mistake in the file as a whole.
"""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any

from askpanel.eventlog.sessionfile.mistake import THE_FILE, Mistake, Refused, place_of, shown

LARGEST = 256 * 1024
"""Bytes."""


def content_of(path: str | os.PathLike[str]) -> bytes:
    """Return the bytes of the file at ``path``, not many more than LARGEST, or raise Refused."""
    try:
        with Path(path).open("rb") as file:
            return file.read(LARGEST + 1)
    except FileNotFoundError:
        raise _refuse(f"There is no file {shown(str(path), 200)}.", "Check its name.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        says = f"{shown(str(path), 200)} cannot be read: {reason}."
        raise _refuse(says, "Name a file that can be.") from None


def decoded(content: bytes, kind: str) -> str:
    """Return the text of a file of this kind (``session file``), or raise Refused."""
    if len(content) > LARGEST:
        says = f"It is larger than {LARGEST // 1024} KB, which no {kind} needs to be."
        raise _refuse(says, "Check that this is the right file.")
    try:
        # Some editors begin a file with a byte order mark, of which TOML knows nothing.
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        mend = "Save it in your editor with the encoding UTF-8."
        raise _refuse("It is not in UTF-8.", mend, line) from None


def document(source: str) -> dict[str, Any]:
    """Return what stands in a file's text, or raise Refused."""
    mend = "Mend it there, or on the line before. The rules of the format: https://toml.io"
    try:
        return tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        reason, _, where = str(error).partition(" (at ")
        found = re.match(r"line (\d+)", where)
        line = int(found[1]) if found else source.rstrip("\n").count("\n") + 1
        raise _refuse(f"It is not TOML: {reason}.", mend, line) from None
    except RecursionError:
        raise _refuse("Its brackets are nested too deep.", "Take some out.") from None
    except ValueError:
        # Python refuses to read a number of more than 4300 digits (CVE-2020-10735).
        raise _refuse("It has a number of thousands of digits.", "Shorten it.") from None


def _refuse(says: str, mend: str, line: int | None = None) -> Refused:
    return Refused([Mistake(place_of(THE_FILE), line, says, mend)])
