"""Where a question tells how to reach somebody: telephone numbers, e-mail addresses, links.

Everything here reads an unmasked text once, from left to right, in pieces of bounded length: no
text of a thousand characters can keep it busy. Whether digits can be a number at all is for
`phonenumbers` to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import phonenumbers
from phonenumbers import NumberParseException

from askpanel.moderation.plainwords import listed
from askpanel.moderation.unmasked import bare, words_of

REGION = "GB"
MOST = 5
"""Of one kind: more say nothing more."""
TRIES = 12
"""Rows of digits that are judged: each costs some 50 µs."""

_DIGITS = re.compile(r"[+(]{0,2}\d(?:[\s().\-/*_,:|~]{0,3}\d){6,24}")
_DATE = re.compile(r"\b(?:\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}-\d\d-\d\d)\b")
_LETTERED = re.compile(r"(?<!\w)[0-9oOlI]{5,13}(?!\w)")
_SPELLED = {
    **dict.fromkeys(("zero", "oh", "o", "nought", "nil", "dim", "sero"), "0"),
    **dict.fromkeys(("one", "un"), "1"),
    **dict.fromkeys(("two", "dau", "dwy"), "2"),
    **dict.fromkeys(("three", "tri", "tair"), "3"),
    **dict.fromkeys(("four", "pedwar", "pedair"), "4"),
    **dict.fromkeys(("five", "pump", "pum"), "5"),
    **dict.fromkeys(("six", "chwech", "chwe"), "6"),
    **dict.fromkeys(("seven", "saith"), "7"),
    **dict.fromkeys(("eight", "wyth"), "8"),
    **dict.fromkeys(("nine", "naw"), "9"),
}
_TIMES = {"double": 2, "triple": 3, "dwbl": 2}

# Endings of names on the web. The second ones are words too, in English or Welsh, and a full stop
# without a space after it is common: they count where a path follows.
_ENDINGS = listed(
    "com net org info biz uk wales cymru scot london eu ie io app dev gg tv xyz onion ru cn fr nl "
    "ca au nz pl ly cc ws pw gl vc edu gov mil int"
)
_WORDY = listed(
    "at be by co de do id in is it la me my no pm se so st su to us ai am im ms page news site "
    "online live chat link shop club zone top sex cam porn adult cloud blog space website world "
    "life help email group social video pics photos"
)
_SCHEME = re.compile(
    r"\b(?:h[tx]{2}ps?|ftp|tg|whatsapp|discord|skype|magnet|javascript|data|file)"
    r"\s?:(?:\s?/{1,2}\s?[^\s<>\"]{3,}|[^\s<>\"/]{3,})",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"\s?[\[({<]\s?(\.|:|/|://|@|dot|at)\s?[\])}>]\s?", re.IGNORECASE)
_SIGN = {"dot": ".", "at": "@"}
_DOT = re.compile(
    r"(?<=\w) (?:dot|\.) ?(?=(?:com|co|org|net|uk|info|wales|cymru|io|gg|ru|onion)\b)",
    re.IGNORECASE,
)
_PROVIDERS = "gmail|googlemail|hotmail|outlook|yahoo|icloud|live|proton|protonmail|aol|btinternet"
_AT = re.compile(rf"(?<=\w) at (?=(?:{_PROVIDERS})\b|[\w-]{{1,63}} dot )", re.IGNORECASE)
_BEFORE = re.compile(r"[\w.+%'-]+$")
_AFTER = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_BREAK = re.compile(r"[\s<>\"()\[\]{},;|]+")
_LABEL = re.compile(r"[^\W_](?:[\w-]*\w)?")
_ADDRESS = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}")


def phones(text: str) -> list[str]:
    """What may be telephone numbers, as they are written, spaces and all."""
    undated = _DATE.sub(";", text)
    plain = _LETTERED.sub(_as_digits, undated)
    rows = [*(match[0] for match in _DIGITS.finditer(plain)), *_spelled_rows(plain)]
    found = (number for row in rows[:TRIES] for number in _numbers_in(row))
    return list(islice(dict.fromkeys(found), MOST))


def emails(text: str) -> list[str]:
    """What may be e-mail addresses, those with "at" and "dot" in words too."""
    plain = unspelled(text)
    found: list[str] = []
    for match in islice(re.finditer(r" ?@ ?", plain), 20):
        before = _BEFORE.search(plain[max(0, match.start() - 64) : match.start()])
        after = _AFTER.match(plain, match.end(), match.end() + 120)
        if before and after and not after[0].rpartition(".")[2].isdigit():
            found.append(f"{before[0]}@{after[0]}")
    return list(islice(dict.fromkeys(found), MOST))


def links(text: str) -> list[str]:
    """What may be addresses on the web: with a scheme, with www, or only a name like bbc.co.uk."""
    plain = unspelled(text)
    schemes = [match[0].strip() for match in islice(_SCHEME.finditer(plain), MOST)]
    names = (token.strip(".!?:'*~-_").lstrip("/") for token in _BREAK.split(plain))
    bare_ones = (name for name in names if _is_name(name))
    found = [*schemes, *(n for n in bare_ones if not any(n in scheme for scheme in schemes))]
    return list(islice(dict.fromkeys(found), MOST))


def unspelled(text: str) -> str:
    """A text in which `name [at] example dot com` is written out, and `hxxp[:]//` too."""
    signs = _BRACKETED.sub(lambda found: _SIGN.get(found[1].casefold(), found[1]), text)
    return _DOT.sub(".", _AT.sub("@", signs))


def _is_name(token: str) -> bool:
    """Whether a word is a name on the web, with or without a path."""
    if "." not in token or "@" in token:
        return False
    address, *beyond = re.split(r"[?#]", token, maxsplit=1)
    host, slash, path = address.partition("/")
    host, _, port = host.partition(":")
    if _ADDRESS.fullmatch(host):
        return bool(slash or port)
    labels = host.split(".")
    if len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)):
        return False
    if labels[0].casefold() == "www":
        return True
    ending = labels[-1].casefold()
    if path or (slash and beyond):
        return ending in _ENDINGS | _WORDY
    return ending in _ENDINGS and len(labels[-2]) > 1


def _as_digits(found: re.Match[str]) -> str:
    """`O77OO` as 07700: letters that stand for digits, among digits."""
    word = found[0]
    if sum(c.isdigit() for c in word) * 3 < len(word):
        return word
    return word.translate(str.maketrans("oOlI", "0011"))


def _numbers_in(row: str) -> Iterator[str]:
    """The numbers in a row of digits, which may be several, one after the other."""
    ends = [match.end() for match in re.finditer(r"\d", row)]
    begin = 0
    while len(ends) - begin >= 7:
        start = ends[begin] - 1
        while start and row[start - 1] in "+(":
            start -= 1
        lengths = (len(ends) - begin, 11, 12, 10, 13)
        fits = (n for n in lengths if n <= min(15, len(ends) - begin))
        piece = next((n for n in fits if _dialled(row[start : ends[begin + n - 1]])), 0)
        if not piece:
            return
        yield row[start : ends[begin + piece - 1]]
        begin += piece


def _dialled(written: str) -> bool:
    """Whether somebody could be reached by it: in use, or as long as a number that is."""
    dialled = re.sub(r"[^0-9+]", "", written.replace("(0)", ""))
    if dialled.startswith("00"):
        dialled = f"+{dialled[2:]}"
    elif dialled.startswith("44") and len(dialled) == 12:
        dialled = f"+{dialled}"
    if len(dialled) < 7:
        return False
    try:
        number = phonenumbers.parse(dialled, REGION)
    except NumberParseException:
        return False
    if phonenumbers.is_valid_number(number):
        return dialled[0] in "0+" or str(number.national_number)[0] == "7"
    # Not in use yet, or with a digit wrong: a moderator should see it all the same.
    whole = 10 <= len(dialled) <= 13 and phonenumbers.is_possible_number(number)
    return whole and dialled.startswith(("+", "01", "02", "03", "07", "08", "77", "78", "79"))


def _spelled_rows(text: str) -> Iterator[str]:
    """Rows of digits of which some are written as words: "oh seven seven double zero …"."""
    row, spelled, times = "", False, 1
    for word in [*words_of(text), ""]:
        plain = bare(word)
        digit = _SPELLED.get(plain, plain if plain.isascii() and plain.isdigit() else "")
        if digit:
            row, spelled, times = row + digit * times, spelled or plain in _SPELLED, 1
        elif plain in _TIMES:
            times = _TIMES[plain]
        else:
            if spelled and 10 <= len(row) <= 15:
                yield row
            row, spelled, times = "", False, 1
