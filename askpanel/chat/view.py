"""Drawing in one language: whole pages, and the same partials that live frames are made of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import phonenumbers
from jinja2 import (
    ChainableUndefined,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
)
from jinja2.utils import missing
from markupsafe import Markup

from askpanel.chat import grace, signposts, steps, words
from askpanel.chat import locale as locales
from askpanel.chat.asking import Asking
from askpanel.chat.details import KINDS
from askpanel.chat.joined import joined
from askpanel.chat.narrowing import answered_by
from askpanel.chat.places import prospect
from askpanel.chat.plaintext import blocks
from askpanel.chat.wordings import wordings
from askpanel.eventlog.session import Session

PACKAGE = Path(__file__).parent.parent
TEMPLATES, STATIC = PACKAGE / "templates", PACKAGE / "static"
MOST_CHARACTERS = 1000


@lru_cache
def static_version() -> str:
    """A name for the static files as they are: changed files get new addresses."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(STATIC).as_posix().encode())
            digest.update(path.read_bytes())
    for name, content in joined(STATIC).items():
        digest.update(name.encode() + content)
    return digest.hexdigest()[:12]


def asset(name: str) -> str:
    """The address of a static file. All share one folder, so modules find each other."""
    return f"/static/{static_version()}/{name}"


def dial(number: str) -> str:
    """A telephone number as a `tel:` address (RFC 3966); short numbers stay as they are."""
    parsed = phonenumbers.parse(number, "GB")
    if not phonenumbers.is_valid_number(parsed):
        return f"tel:{''.join(c for c in number if c.isdigit())}"
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.RFC3966)


def error_list(asking: Asking) -> list[dict[str, str]]:
    """The errors of the ask form for an error summary, each leading to its field."""
    fields = {"text": "#ask-text", "topic": "#ask-topic", "name": "#ask-name"}
    return [{"text": words, "href": fields[name]} for name, words in asking.errors.items()]


def topic_items(session: Session, locale: str) -> list[dict[str, str]]:
    """The topics of a session as radio buttons: value, text and the language it is in, and the
    signpost that fits."""
    items: list[dict[str, str]] = []
    for topic in session.topics:
        words, lang = session.text(topic.label, locale)
        items.append({"value": topic.id, "text": words, "lang": lang, "signpost": topic.signpost})
    return items


class Unnamed(ChainableUndefined):
    """A name that a template uses and nobody gave is an error; a missing key is not, because
    the GOV.UK macros ask for every option that a component can have."""

    def _known(self) -> None:
        if self._undefined_obj is missing:
            self._fail_with_undefined_error()

    def __str__(self) -> str:
        self._known()
        return super().__str__()

    def __html__(self) -> str:
        return str(self)

    def __iter__(self) -> Iterator[Any]:
        self._known()
        return super().__iter__()


class View:
    """Templates in one language. Autoescape is always on and undefined names are errors."""

    def __init__(self, locale: str) -> None:
        self.locale = locale
        self.env = Environment(
            loader=ChoiceLoader(
                [
                    FileSystemLoader(TEMPLATES),
                    PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
                ]
            ),
            autoescape=True,
            undefined=Unnamed,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.env.install_gettext_translations(  # type: ignore[attr-defined]
            locales.translations(locale), newstyle=True
        )
        self.other = next(each for each in locales.LOCALES if each != locale)
        self.env.globals.update(self._helpers())

    def _helpers(self) -> dict[str, Any]:
        """What the templates may call, and know, beside what a page gives them."""
        locale, gettext = self.locale, self.gettext
        return {
            "asset": asset,
            "dial": dial,
            "blocks": blocks,
            "locale": locale,
            "most_characters": MOST_CHARACTERS,
            "path": lambda path: locales.local_path(locale, path),
            "language_name": locales.NAMES.__getitem__,
            "clock_time": lambda at, zone: locales.clock_time(at, zone, locale),
            "day": lambda at, zone: locales.day(at, zone, locale),
            "zone_name": lambda zone: locales.zone_name(zone, locale),
            "iso": locales.iso,
            "own_state": lambda question: words.own_state(question, locale),
            "told": lambda question: words.told(question, locale),
            "steps": steps.steps,
            "adds_state": steps.adds_state,
            "stays_until": lambda session: grace.until(session.schedule),
            "prospect": prospect,
            "only_in": lambda lang: gettext(words.ONLY_IN[lang]),
            "read_in": lambda lang: gettext(words.READ_IN[lang]),
            "answered_by": answered_by,
            "behind": lambda lang: gettext(words.BEHIND[lang]),
            "wordings": lambda answer: wordings(answer, locale),
            "urgent_first": signposts.urgent_first,
            "signposts_with": signposts.with_ids,
            "signposts_in": signposts.mentioned,
            "duration": lambda milliseconds: words.duration(milliseconds, locale),
            "error_list": error_list,
            "topic_items": lambda session: topic_items(session, locale),
            "detail": lambda each: gettext(KINDS[each.kind]) % {"found": each.found},
            "plural_forms": lambda one, other: locales.plural_forms(locale, one, other),
        }

    def gettext(self, words: str) -> str:
        """Words of the program in this language."""
        return locales.translations(self.locale).gettext(words)

    def page(self, template: str, **context: Any) -> str:
        """A whole page."""
        return self.env.get_template(template).render(**context)

    def part(self, template: str, macro: str, *args: Any, **context: Any) -> Markup:
        """One partial: the macro of a template, as the pages call it themselves."""
        # A macro's own result is escaped text already, so nothing here is marked safe by hand.
        module = self.env.get_template(template).module
        drawn: Markup = getattr(module, macro)(*args, **context)
        return drawn


@lru_cache
def view(locale: str) -> View:
    """The templates in one language, compiled once in a process."""
    return View(locale)


def warm(templates: Iterable[str], parts: Iterable[str]) -> None:
    """Compile what everybody asks for at once when a process has just begun: a quarter of a
    second in which it could do nothing else."""
    for locale in locales.LOCALES:
        for template in templates:
            view(locale).env.get_template(template)
        for each in parts:
            _ = view(locale).env.get_template(each).module
