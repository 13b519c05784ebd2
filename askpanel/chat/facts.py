"""What an installation's pages say about it: taken from its settings, so that they cannot drift
from what is true."""

from __future__ import annotations

from typing import NamedTuple

from askpanel.chat.anonymity import KEY_LIFETIME
from askpanel.chat.grace import GRACE


class Facts(NamedTuple):
    """One installation, as `/privacy`, `/safety` and `/accessibility` tell of it.

    `retention_days` is how long after a session's end the store keeps what was not published.
    `stores_first`: whether a question that is called stored has been written to a disk. `proxied`:
    whether something in front hands visits on. `framed_by` are the sites that may show a session in
    a frame, `contact` an e-mail address, a web address, or "".
    """

    questions_per_minute: int = 6
    retention_days: int = 30
    stores_first: bool = True
    proxied: bool = False
    encrypted: bool = False
    framed_by: tuple[str, ...] = ()
    contact: str = ""

    @property
    def own_minutes(self) -> int:
        """For how long after a session's end a browser is shown its own questions."""
        return GRACE // 60_000

    @property
    def counting_minutes(self) -> int:
        """For how long a number stands for a network at most."""
        return int(KEY_LIFETIME) // 60

    @property
    def contact_link(self) -> str:
        """The contact as an address that a link may lead to."""
        return f"mailto:{self.contact}" if "@" in self.contact else self.contact
