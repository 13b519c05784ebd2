"""The records of the staff: a member, a sign-in, and what the staff log says of them."""

from __future__ import annotations

import re
import unicodedata

from msgspec import Struct

from askpanel.eventlog.model import Actor, Role

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
LONGEST_USERNAME = 64
LONGEST_NAME = 100


class StaffRefused(Exception):
    """A change of the staff that did not happen.

    `code` is "taken", "unknown_member", "unusable_username" or "unusable_name"; the text is one
    sentence for the person at the command line.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Member(Struct, frozen=True, kw_only=True):
    """One member of staff, as stored.

    `organisation` is an organisation's id or "". `password` is an argon2id hash in PHC form.
    `version` grows by one whenever what a sign-in was granted on has changed: role,
    organisation, password, disablement, or the wish to be signed out everywhere.
    """

    username: str
    name: str
    role: Role
    organisation: str = ""
    password: str
    version: int = 1
    disabled: bool = False

    @property
    def actor(self) -> Actor:
        """Who the store is told gives a command, at the version that was looked at."""
        return Actor(
            username=self.username,
            name=self.name,
            role=self.role,
            organisation=self.organisation,
            version=self.version,
        )

    def __repr__(self) -> str:
        # A record that lands in a log or a traceback must not take the password hash with it.
        return f"Member({self.username!r}, {self.role.value}, version={self.version})"


class SignIn(Struct, frozen=True):
    """One sign-in, stored under the SHA-256 of its token. `at` is Unix milliseconds."""

    username: str
    version: int
    at: int


class StaffEvent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entry of the staff log.

    `type` is added, changed, disabled, enabled, password_changed, signed_out or
    signed_out_everywhere. `version` is the member's after the event. `signin` is the SHA-256
    (hex) of the one token that was ended, for signed_out only. `at` is Unix milliseconds.
    """

    type: str
    username: str
    version: int
    at: int
    signin: str = ""


class StaffEntry(Struct, frozen=True):
    """A staff event at its position in the staff log."""

    position: int
    event: StaffEvent


def normal(username: str) -> str:
    """A username as it is stored: phones capitalise the first letter and add a space."""
    return username.strip().lower()


def usable_username(username: str) -> str:
    """The normal form, or StaffRefused "unusable_username"."""
    chosen = normal(username)
    if not USERNAME.fullmatch(chosen):
        raise StaffRefused(
            "unusable_username",
            "A username is 1 to 64 of the letters a to z, digits, dots, hyphens and underscores, "
            "and begins with a letter or a digit.",
        )
    return chosen


def usable_name(name: str) -> str:
    """The name that people see, trimmed, or StaffRefused "unusable_name"."""
    chosen = unicodedata.normalize("NFC", name).strip()
    # Controls, surrogates and direction overrides would let a name pose as something else.
    unfit = any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in chosen)
    if unfit or not 0 < len(chosen) <= LONGEST_NAME:
        raise StaffRefused(
            "unusable_name",
            f"A name is 1 to {LONGEST_NAME} characters, without control characters.",
        )
    return chosen
