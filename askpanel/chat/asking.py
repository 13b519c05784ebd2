"""The ask form of one viewer."""

from __future__ import annotations

from msgspec import Struct


class Asking(Struct, kw_only=True):
    """The form as it stands: what was typed, and what is wrong with it, by field.

    With `help_first` the session's signposts stand in it: whoever can send nothing may need them.
    """

    nonce: str
    text: str = ""
    topic: str = ""
    name: str = ""
    errors: dict[str, str] = {}
    help_first: bool = False
