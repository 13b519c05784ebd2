"""What the service notices in a question, and how it says so: hints for whoever reads it next.

A flag decides nothing. It names what was found and where, so that a moderator sees at once
whether there is anything to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from askpanel.chat.locale import N_
from askpanel.eventlog.model import Flag
from askpanel.moderation.contacts import emails, links, phones
from askpanel.moderation.loudness import capitals, repetition
from askpanel.moderation.people import names, postcodes
from askpanel.moderation.tongue import OTHER, may_be, tongue_of
from askpanel.moderation.unmasked import bare, unmasked, words_of
from askpanel.moderation.watchlist import WatchList

PHONE, EMAIL, LINK, POSTCODE, NAME = "phone", "email", "link", "postcode", "name"
LANGUAGE, CAPITALS, REPETITION, REPEATS = "language", "capitals", "repetition", "repeats"
MOST_FOUND, MOST_CHARACTERS = 5, 80

WORDS: Mapping[str, str] = {
    PHONE: N_("May have a phone number in it: %(found)s"),
    EMAIL: N_("May have an e-mail address in it: %(found)s"),
    LINK: N_("May have a link in it: %(found)s"),
    POSTCODE: N_("May have a postcode in it: %(found)s"),
    NAME: N_("May name a person: %(found)s"),
    CAPITALS: N_("Is written in capitals"),
    REPETITION: N_("Says the same again and again: “%(found)s”"),
    REPEATS: N_("Has the same text as question %(found)s"),
}
LANGUAGES: Mapping[str, str] = {
    "en": N_("May be written in English, and was sent from the Welsh page"),
    "cy": N_("May be written in Welsh, and was sent from the English page"),
    OTHER: N_("May be written in a language other than English and Welsh"),
}
LISTED = N_("Has words from the list “%(list)s”: %(found)s")
LISTS: Mapping[str, str] = {
    "distress": N_("distress"),
    "threat": N_("threat"),
    "danger": N_("danger"),
    "fear": N_("fear"),
}
"""The kinds of watch list that the playbook has, as they are called on the screens."""


def flags_of(text: str, lang: str, watch: WatchList) -> list[Flag]:
    """Everything noticed in a question that was sent from the page of a language.

    Words from the watch lists come first: they may be about somebody's life.
    """
    return list(_noticed(unmasked(text), lang, watch))


def flag_words(flag: Flag, gettext: Callable[[str], str]) -> str:
    """A flag as a sentence that starts with a capital and has no full stop."""
    found = ", ".join(flag.found)
    if flag.code == LANGUAGE:
        return gettext(LANGUAGES.get(found, LANGUAGES[OTHER]))
    words = WORDS.get(flag.code)
    if words is not None:
        return gettext(words) % {"found": found}
    name = LISTS.get(flag.code)
    return gettext(LISTED) % {"list": gettext(name) if name else flag.code, "found": found}


def _noticed(text: str, lang: str, watch: WatchList) -> Iterator[Flag]:
    tongue = tongue_of(text)
    for kind, found in watch.found(text, _listed(text, lang, tongue, watch)).items():
        yield _flag(kind, found)
    for code, look in (
        (PHONE, phones),
        (EMAIL, emails),
        (LINK, links),
        (POSTCODE, postcodes),
        (NAME, names),
    ):
        found = look(text)
        if found:
            yield _flag(code, found)
    if tongue and tongue != lang:
        yield Flag(code=LANGUAGE, found=[tongue])
    if capitals(text):
        yield Flag(code=CAPITALS)
    repeated = repetition(text)
    if repeated:
        yield _flag(REPETITION, [repeated])


def _listed(text: str, lang: str, tongue: str, watch: WatchList) -> list[str]:
    """The languages whose lists to look through: the page's, and any that the text may be in.

    "Bad" is a boat in Welsh, so a text that is plainly Welsh is not held against the English list;
    but people mix their languages, and one English word in it is enough to do so.
    """
    words = [bare(word) for word in words_of(text)]
    return [
        each
        for each in watch.languages
        if each in (lang, tongue) or not tongue or may_be(words, each)
    ]


def _flag(code: str, found: list[str]) -> Flag:
    return Flag(code=code, found=[_short(each) for each in found[:MOST_FOUND]])


def _short(found: str) -> str:
    line = " ".join(found.split())
    return line if len(line) <= MOST_CHARACTERS else f"{line[: MOST_CHARACTERS - 1]}…"
