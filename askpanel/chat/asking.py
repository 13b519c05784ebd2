"""The ask form of one viewer."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from askpanel.chat.details import Detail


class Asking(Struct, kw_only=True):
    """The form as it stands: what was typed, and what is wrong with it, by field.

    With `help_first` the session's signposts stand in it: whoever can send nothing may need them.
    `found` is what may show who they are. Who has been `told` of that is not asked about it again.
    """

    nonce: str
    text: str = ""
    topic: str = ""
    name: str = ""
    errors: dict[str, str] = {}
    help_first: bool = False
    found: Sequence[Detail] = ()
    told: bool = False
