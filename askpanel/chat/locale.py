"""English and Welsh as equals: catalogues, addresses, and times in words.

The reader's choice is in the address (`/cy/…`), so it needs no cookie. Catalogues are gettext
files that a translator edits; they are compiled in memory when the program starts.
"""

from __future__ import annotations

import io
import re
from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_timezone_location, get_timezone_name
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from starlette.types import ASGIApp, Receive, Scope, Send

LOCALES = ("en", "cy")
NAMES = {"en": "English", "cy": "Cymraeg"}
CATALOGUES = Path(__file__).parent.parent / "catalogues"
_BABEL = {"en": "en_GB", "cy": "cy_GB"}
UK = ("Europe/London", "Europe/Belfast", "GB", "GB-Eire")
UNIVERSAL = frozenset(
    (
        *("Factory", "UTC", "UCT", "Universal", "Zulu"),
        *("Etc/UTC", "Etc/UCT", "Etc/Universal", "Etc/Zulu"),
    )
)
GREENWICH = re.compile(r"(?:Etc/)?(?:Greenwich|GMT(?:([+-]?)(\d+))?)")
"""Names of the zones that stand at a number of hours from Greenwich, and nowhere else."""


@cache
def translations(locale: str) -> NullTranslations:
    """The catalogue of one language. English is the language of the source itself."""
    if locale == "en":
        return NullTranslations()
    compiled = io.BytesIO()
    with (CATALOGUES / f"{locale}.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale=locale))
    compiled.seek(0)
    return Translations(compiled)


def local_path(locale: str, path: str) -> str:
    """The address of a page in one language: English at the root, Welsh below `/cy`."""
    return path if locale == "en" else f"/{locale}{'' if path == '/' else path}"


def written(path: str) -> str:
    """A path that somebody asked for, as it may stand in a link.

    Browsers leave the site for `//host`, and read `/\\host` and `/<tab>/host` as the same.
    """
    return "/" + quote(path.lstrip("/"))


class Language:
    """ASGI: takes a leading `/cy` off the path and notes the language in its place.

    `scope["state"]` gets `locale` and `path`, the address without the language. A slash at the
    end means nothing: to redirect for it would need the host, which anybody can write.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            path: str = scope["path"]
            locale = "en"
            if path == "/cy" or path.startswith("/cy/"):
                locale, path = "cy", path[3:]
            path = path.rstrip("/") or "/"
            if path != scope["path"]:
                scope = {**scope, "path": path, "raw_path": path.encode()}
            scope["state"] = {**scope.get("state", {}), "locale": locale, "path": path}
        await self.app(scope, receive, send)


def in_zone(at: int, timezone: str) -> datetime:
    """A moment in Unix milliseconds as local time."""
    return datetime.fromtimestamp(at / 1000, ZoneInfo(timezone))


def iso(at: int) -> str:
    """For `<time datetime>`: UTC to the second (HTML refuses microseconds)."""
    return datetime.fromtimestamp(at / 1000, ZoneInfo("UTC")).isoformat(timespec="seconds")


def clock_time(at: int, timezone: str, locale: str) -> str:
    """`6pm`, `6:05pm`; in Welsh the 24-hour clock, as its public bodies write it."""
    moment = in_zone(at, timezone)
    if locale == "cy":
        return format_time(moment, "HH:mm", tzinfo=_zone(timezone), locale="cy_GB")
    hour = format_time(moment, "h", tzinfo=_zone(timezone), locale="en_GB")
    minutes = f":{moment.minute:02d}" if moment.minute else ""
    return f"{hour}{minutes}{'am' if moment.hour < 12 else 'pm'}"


def clock_seconds(at: int, timezone: str) -> str:
    """`18:04:12`: for a record, in which every second counts and every language writes so."""
    return in_zone(at, timezone).strftime("%H:%M:%S")


def day(at: int, timezone: str, locale: str) -> str:
    """`Wednesday 27 June 2018`."""
    return format_date(in_zone(at, timezone), "EEEE d MMMM y", locale=_BABEL[locale])


def zone_name(timezone: str, locale: str) -> str:
    """The zone in words: `UK time`. One that people have no name for goes by its city."""
    gettext = translations(locale).gettext
    if timezone in UK:
        return "amser y DU" if locale == "cy" else "UK time"
    if timezone in UNIVERSAL:
        return gettext(N_("Coordinated Universal Time"))
    from_greenwich = GREENWICH.fullmatch(timezone)
    if from_greenwich:
        return _from_greenwich(from_greenwich[1] or "", int(from_greenwich[2] or 0), locale)
    name = get_timezone_name(_zone(timezone), locale=_BABEL[locale])
    # CLDR calls a zone without a name of its own by its country, with a city in brackets.
    if "(" not in name:
        return name
    city = get_timezone_location(_zone(timezone), locale=_BABEL[locale], return_city=True)
    return gettext(N_("%(city)s time")) % {"city": city.rpartition("/")[2]}


def _from_greenwich(sign: str, hours: int, locale: str) -> str:
    """`Etc/GMT+5` is five hours behind: POSIX counts them to the west."""
    translated = translations(locale)
    if not hours:
        return translated.gettext(N_("Greenwich Mean Time"))
    forms = NN_(
        "%(count)s hour ahead of Greenwich Mean Time",
        "%(count)s hours ahead of Greenwich Mean Time",
    )
    if sign == "+":
        forms = NN_(
            "%(count)s hour behind Greenwich Mean Time",
            "%(count)s hours behind Greenwich Mean Time",
        )
    return translated.ngettext(*forms, hours) % {"count": hours}


def _zone(timezone: str) -> tzinfo:
    return ZoneInfo(timezone)


def plural_forms(locale: str, one: str, other: str) -> dict[str, str]:
    """Every plural form of a sentence by its CLDR name, for scripts that count in the browser.

    Welsh has six; each number here is one that takes the form.
    """
    samples = {"one": 1, "other": 10}
    if locale == "cy":
        samples = {"zero": 0, "one": 1, "two": 2, "few": 3, "many": 6, "other": 10}
    ngettext = translations(locale).ngettext
    return {form: ngettext(one, other, number) for form, number in samples.items()}


def N_(words: str) -> str:  # noqa: N802 - gettext's own name for "translate this later"
    """Mark words for the catalogues where they stand; the template translates them."""
    return words


def NN_(one: str, other: str) -> tuple[str, str]:  # noqa: N802 - N_ for words that are counted
    """Mark the two English forms of counted words for the catalogues; `ngettext` takes them."""
    return one, other
