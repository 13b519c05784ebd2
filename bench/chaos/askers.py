"""Participants who ask without a pause. Whatever fails is sent again under the same nonce, as the
page does when somebody presses the button again; a few give up, and a few hang up too soon."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random

import httpx

from bench.chaos.book import Asked, Book
from tests.service import NO_TLS, SLUG

HERE = f"/sessions/{SLUG}/questions"
PATIENCE = 4.5
"""Seconds that somebody waits for an answer before they press the button again."""
TOO_SOON = 0.01
QUESTIONS_EACH = 25
"""Then the next participant takes the seat, with no cookie."""


def client(url: str) -> httpx.AsyncClient:
    """A browser: it has cookies, an Origin, and asks for JSON, as the page's script does."""
    headers = {"Origin": url, "Accept": "application/json"}
    return httpx.AsyncClient(base_url=url, headers=headers, timeout=PATIENCE, verify=NO_TLS)


class Asker:
    """A seat with one participant after the other; `arrived` hears of each stored question."""

    def __init__(
        self, seat: int, url: str, book: Book, chance: Random, arrived: Callable[[int], None]
    ) -> None:
        self.author = seat * 10_000
        self._url, self._book, self._chance, self._arrived = url, book, chance, arrived
        self._own: list[int] = []
        self.known: tuple[int, httpx.Cookies] = (0, httpx.Cookies())
        """The last participant in this seat who has a cookie."""

    async def run(self, leaving: asyncio.Event) -> None:
        """Ask until it is time to leave. What is not acknowledged by then was not stored, or
        once."""
        while not leaving.is_set():
            self.author += 1
            self._own.clear()
            async with client(self._url) as browser:
                for _ in range(QUESTIONS_EACH):
                    if leaving.is_set():
                        break
                    await asyncio.sleep(self._chance.uniform(0.05, 0.25))
                    await self._ask_one(browser, leaving)
                    if browser.cookies:
                        self.known = self.author, browser.cookies
                    if self._own and self._chance.random() < 0.05:
                        await self._withdraw(browser)

    async def _ask_one(self, browser: httpx.AsyncClient, leaving: asyncio.Event) -> None:
        nonce = f"{self._chance.getrandbits(128):032x}"
        asked = Asked(nonce, f"May I ask {nonce}?", self.author)
        self._book.asked.append(asked)
        gives_up, hangs_up = self._chance.random() < 0.05, self._chance.random() < 0.1
        patience = TOO_SOON if hangs_up else PATIENCE
        while not await self._send(browser, asked, patience):
            if leaving.is_set() or gives_up:
                return
            patience = PATIENCE
            await asyncio.sleep(self._chance.uniform(0.1, 0.5))
        if self._chance.random() < 0.05:
            # A second press of a button that had worked, or the back button.
            await self._send(browser, asked, PATIENCE)

    async def _send(self, browser: httpx.AsyncClient, asked: Asked, patience: float) -> bool:
        form = {"id": asked.nonce, "text": asked.text}
        try:
            async with asyncio.timeout(patience):
                answer = await browser.post(HERE, data=form)
        except (httpx.TransportError, TimeoutError):
            return False
        if answer.status_code != 201:
            self._book.refused += 1
            if answer.status_code not in (429, 503):
                self._book.strange.append(f"{answer.status_code} to a question: {answer.text:.200}")
            return False
        said = answer.json()
        if not asked.told:
            self._own.append(said["number"])
            self._arrived(said["number"])
        self._book.acknowledge(asked, said["number"], said["position"])
        return True

    async def _withdraw(self, browser: httpx.AsyncClient) -> None:
        """Take one's last question back, unless a moderator was faster."""
        path = f"{HERE}/{self._own.pop()}/withdraw"
        try:
            answer = await browser.post(path)
        except httpx.TransportError:
            return
        if answer.status_code not in (200, 404, 409, 503):
            self._book.strange.append(f"{answer.status_code} to a withdrawal: {answer.text:.200}")
