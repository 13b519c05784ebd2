"""The pages that are judged: those of a real service, and all that a tour of one shows."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, Page, Response, Route, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.live.sheets import (
    QUESTIONS_PER_MINUTE,
    SHEETS,
    Sheet,
    hurry,
    nothing,
    set_up,
    unfolded,
)
from tests.engines import start_engine
from tests.service import Participant, Service, StaffClient
from tests.staffroom import fresh_prefix
from tests.tour import on_tour

MAIN = (
    *("front", "privacy", "safety", "accessibility", "announced", "live", "closed", "transcript"),
    *("screen, live", "embed, live"),
)
"""What Lighthouse, which is slow, looks at."""
LANGUAGES = {"English": "", "Welsh": "/cy"}


@dataclass(frozen=True)
class Document:
    """A whole page as HTML, and how one comes to see it."""

    name: str
    html: str


@contextmanager
def serving() -> Iterator[tuple[Service, dict[str, Participant]]]:
    """The service of the matrix, and those who look at it."""
    service = Service(None, QUESTIONS_PER_MINUTE=str(QUESTIONS_PER_MINUTE))
    clerks: dict[str, StaffClient] = {}

    def clerk(username: str) -> StaffClient:
        return clerks.setdefault(username, service.staff(username))

    try:
        service.start()
        service.prepare()
        with service.participant() as asker, service.participant() as hasty:
            set_up(service, asker, clerk)
            yield service, {"asker": asker, "hasty": hasty}
    finally:
        service.close()


def addresses(service: Service) -> dict[str, str]:
    """Name → address of every page that is seen by going there, without an error, in both
    languages."""
    return {
        f"{sheet.name}, {language}": f"{service.url}{prefix}{sheet.path}"
        for sheet in SHEETS
        if sheet.act in (nothing, unfolded) and not sheet.who and found(service, sheet)
        for language, prefix in LANGUAGES.items()
    }


def main(places: dict[str, str]) -> dict[str, str]:
    """The pages among them that everything else is a case of."""
    return {name: place for name, place in places.items() if name.rpartition(", ")[0] in MAIN}


def found(service: Service, sheet: Sheet) -> bool:
    with service.participant() as reader:
        return reader.get(sheet.path).status_code == 200


def seen(service: Service, people: dict[str, Participant]) -> Iterator[Document]:
    """Every cell of the matrix: without scripts what the server sent, with them what became of
    it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for language, prefix in LANGUAGES.items():
            for scripts in (True, False):
                way = f"{language}, {'with' if scripts else 'without'} scripts"
                for sheet in SHEETS:
                    if scripts or not sheet.scripts:
                        who = people.get(sheet.who)
                        if sheet.who == "hasty" and who:
                            hurry(who)
                        html = one(browser, service.url, prefix, sheet, who, scripts=scripts)
                        yield Document(f"{sheet.name} ({way})", html)
        browser.close()


def one(
    browser: Browser,
    origin: str,
    prefix: str,
    sheet: Sheet,
    who: Participant | None,
    *,
    scripts: bool,
) -> str:
    """The HTML of one cell."""
    context = browser.new_context()
    for name, value in who.cookies.items() if who else ():
        context.add_cookies([{"name": name, "value": value, "url": origin}])
    page = context.new_page()
    answers: list[Response] = []
    page.on("response", partial(note, page, answers))
    if not scripts:
        page.route("**/*.{js,mjs}", abort)
    page.goto(origin + prefix + sheet.path)
    sheet.act(page)
    page.wait_for_load_state()
    html = page.content() if scripts else answers[-1].text()
    context.close()
    return html


def note(page: Page, answers: list[Response], answer: Response) -> None:
    """Keep the last document that the page itself was given."""
    request = answer.request
    document = request.is_navigation_request() and request.frame == page.main_frame
    if document and not 300 <= answer.status < 400:
        answers.append(answer)


def abort(route: Route) -> None:
    route.abort()


def toured() -> list[Document]:
    """Everything else that an installation shows, staff pages and refusals with them."""

    async def walking(locale: str, engine: str, folder: Path) -> list[Document]:
        async with on_tour(engine, fresh_prefix(), folder, locale) as tour:
            sights = await tour.all()
        return [
            Document(f"{s.where} ({locale})", whole) for s in sights for whole in wholes(s.html)
        ]

    found = []
    with start_engine() as engine, tempfile.TemporaryDirectory() as folder:
        for locale in ("en", "cy"):
            place = Path(folder) / locale
            place.mkdir()
            found += asyncio.run(walking(locale, engine.url, place))
    return found


def wholes(html: str) -> list[str]:
    """The whole pages in what was shown; what scripts are sent is not judged by itself."""
    start, end = "<!DOCTYPE html>", "</html>"
    return [f"{start}{part.partition(end)[0]}{end}\n" for part in html.split(start)[1:]]
