"""What somebody may not want to have written: their telephone number, address or name.

A flag tells a moderator that something may be there; this tells the person who is about to send
it, and so it has to be right more often. What the session itself says on its page (the number of
a helpline, who is on the panel) shows nobody, and neither does a number that is free to call:
those belong to services.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec
import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

from askpanel.chat.details import EMAIL, NAME, PHONE, POSTCODE, Detail
from askpanel.eventlog.session import Session
from askpanel.moderation.contacts import REGION, emails, phones
from askpanel.moderation.people import names, postcodes
from askpanel.moderation.plainwords import ENGLISH, WELSH, listed
from askpanel.moderation.unmasked import bare, unmasked, words_of

MOST = 5
"""In all: who has read five will look for the others."""
MOST_CHARACTERS = 80

_INTRODUCED = re.compile(
    r"(?<!\w)(?:(?P<sure>my (?:(?:full|real|own) )?name(?:'s| is| =|:)|(?:fy )?enw(?: llawn)? i"
    r"(?: yw| ydi| ydy|:)|enw:|name:)|i am|i'm|im|this is|it is|it's|they call me|signed|regards"
    r"|sincerely|dwi'n|dw i|ydw i|fi yw|yma mae)(?P<called> (?:called|named|cael fy ngalw'n))?"
    r"(?=[, \t\n])[, \t\n]{1,3}",
    re.IGNORECASE,
)
"""What people say before their own name. After the sure ones it may be in small letters."""
_WORD = re.compile(r"[ \t]{0,3}(?P<word>[^\W\d_](?:[\w'-]{0,40}[^\W_])?)(?P<end>[.,;:!?)\n]?)")
_BETWEEN = listed("ap ab ferch van von der den de da la al el bin o mac mc")
_AFTER = listed("and but from aged age ac a o")
"""What a sentence goes on with after a name that is written in small letters."""
_NO_NAMES = listed(
    "british english welsh scottish irish asian african european polish muslim christian jewish "
    "catholic gay bi trans autistic greater manchester police wales england scotland facebook "
    "instagram snapchat discord january february march april june july august september october "
    "november december monday tuesday wednesday thursday friday saturday sunday cymro cymraes "
    "cymraeg sais mr mrs ms mx dr miss"
)
_LEAST, _LONGEST = 2, 4
"""Words of a full name."""


def details_in(session: Session, text: str) -> list[Detail]:
    """What is found in a question, in the order of the kinds."""
    return list(islice(_found(session, unmasked(text)), MOST))


def _found(session: Session, text: str) -> Iterator[Detail]:
    own: set[str] | None = None
    for kind, look in ((PHONE, _phones), (EMAIL, emails), (POSTCODE, postcodes), (NAME, _names)):
        for each in look(text):
            own = own if own is not None else set(_said(msgspec.to_builtins(session)))
            if not any(_core(kind, each) in _plain(kind, said) for said in own):
                yield Detail(kind, each[:MOST_CHARACTERS])


def _said(value: Any) -> Iterator[str]:
    """Every text in a session, wherever it stands."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _said(each)


def _plain(kind: str, text: str) -> str:
    """A text as a number, an address or a name is looked for in it: digits, or words."""
    if kind == PHONE:
        digits = "".join(c for c in text if c.isdigit())
        return digits.removeprefix("00").removeprefix("44").removeprefix("0")
    return f" {' '.join(map(bare, words_of(text)))} " if kind == NAME else text.casefold()


def _core(kind: str, found: str) -> str:
    """What of a thing that was found is looked for: of a name the last two words, because one
    person has many titles."""
    return _plain(kind, " ".join(words_of(found)[-_LEAST:]) if kind == NAME else found)


def _phones(text: str) -> Iterator[str]:
    return (each for each in phones(text) if not _free(each))


def _free(written: str) -> bool:
    """Whether a number is free to call. Nobody has one at home."""
    try:
        number = phonenumbers.parse(written, REGION)
    except NumberParseException:
        return False
    return phonenumbers.number_type(number) == PhoneNumberType.TOLL_FREE


def _names(text: str) -> list[str]:
    """Full names: after a title, or where somebody says who they are."""
    titled = (name for name in names(text) if _is_full(name))
    found = dict.fromkeys([*titled, *_introduced(text)])
    whole = [each for each in found if not any(each != other and each in other for other in found)]
    return whole[:MOST]


def _is_full(titled: str) -> bool:
    """Whether two words of a name follow the title: "Mr Jones" is known to hundreds."""
    return len(titled.split()) > _LEAST and not any(c.isdigit() for c in titled)


def _introduced(text: str) -> Iterator[str]:
    for match in islice(_INTRODUCED.finditer(text), 4 * MOST):
        name = _name_at(text, match.end(), sure=bool(match["sure"]))
        if name:
            yield name


def _name_at(text: str, at: int, *, sure: bool) -> str:
    """The full name that begins at a place, or ""."""
    words: list[str] = []
    end = ""
    while len(words) < _LONGEST and not end:
        match = _WORD.match(text, at)
        if not match or not _may_be_name(match["word"], words):
            break
        words.append(match["word"])
        at, end = match.end(), match["end"]
    while words and bare(words[-1]) in _BETWEEN:
        words.pop()
    proper = [word for word in words if bare(word) not in _BETWEEN]
    if len(proper) < _LEAST:
        return ""
    if all(word[0].isupper() for word in proper):
        return " ".join(words) if not _is_shouted(proper) or sure else ""
    following = _WORD.match(text, at)
    ended = bool(end) or not following or bare(following["word"]) in _AFTER | {"i", "im"}
    small = not any(word[0].isupper() for word in proper)
    return " ".join(words) if sure and small and ended and len(proper) <= _LEAST + 1 else ""


def _may_be_name(word: str, before: list[str]) -> bool:
    plain = bare(word)
    if plain in _BETWEEN:
        return bool(before)
    return plain not in ENGLISH and plain not in WELSH and plain not in _NO_NAMES


def _is_shouted(words: list[str]) -> bool:
    """Written in capitals throughout, as some write everything: then they say nothing."""
    return all(word.isupper() and len(word) > 1 for word in words)
