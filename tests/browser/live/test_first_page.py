"""What a first visit loads: all of it, as it goes over the line, in less than 50 KB."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import OpenTab, Tab
from tests.browser.live.schedules import Planned, load
from tests.service import Service

MOST = 50_000
"""Bytes: of pages, style sheets and scripts, with the headers that they come with."""


class Weighed:
    """What a tab loads: the bytes that came over the line, by path, and of which kind it was."""

    def __init__(self) -> None:
        self.bytes: dict[str, float] = {}
        self.kinds: dict[str, str] = {}

    @property
    def total(self) -> float:
        return sum(self.bytes.values())


@contextmanager
def weighing(tab: Tab) -> Iterator[Weighed]:
    """Count what a tab loads, by chromium's own account of it."""
    line, weighed = tab.context.new_cdp_session(tab.page), Weighed()
    paths: dict[str, str] = {}

    def answered(event: dict[str, object]) -> None:
        response = event["response"]
        assert isinstance(response, dict)
        path = urlsplit(response["url"]).path
        paths[str(event["requestId"])] = path
        weighed.kinds[path] = str(event["type"])

    def loaded(event: dict[str, float | str]) -> None:
        path = paths.get(str(event["requestId"]))
        if path is not None:
            weighed.bytes[path] = weighed.bytes.get(path, 0) + float(event["encodedDataLength"])

    line.on("Network.responseReceived", answered)
    line.on("Network.loadingFinished", loaded)
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    yield weighed
    line.detach()


def visited(open_tab: OpenTab, service: Service, path: str, *, scripts: bool) -> Weighed:
    """A first visit to a page, until everything has come."""
    tab = open_tab(service.url, java_script_enabled=scripts)
    # A route in between would count for itself what came over the line.
    tab.context.unroute_all()
    with weighing(tab) as weighed:
        tab.page.goto(service.url + path, wait_until="networkidle" if not scripts else "load")
        tab.page.wait_for_timeout(200)
    return weighed


@pytest.fixture(scope="module")
def slug(service: Service) -> str:
    """A session that is announced, with all that is said beforehand."""
    return load(service, Planned("first-page", opens=-5, starts=-5, ends=60))


@pytest.mark.parametrize("lang", ["", "/cy"], ids=["English", "Welsh"])
def test_a_first_visit_weighs_less_than_fifty_kilobytes(
    service: Service, slug: str, open_tab: OpenTab, lang: str
) -> None:
    for path in (f"{lang}/sessions/{slug}", lang or "/"):
        plain = visited(open_tab, service, path, scripts=False)
        live = visited(open_tab, service, path, scripts=True)
        assert plain.total < live.total < MOST, live.bytes
        for weighed in (plain, live):
            assert weighed.total > 10_000, "nothing was weighed"
            assert not {"Font", "Image", "Media"} & set(weighed.kinds.values())
