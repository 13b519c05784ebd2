"""Every public page as somebody comes to see it: one line for each.

`SHEETS` is what the matrix of accessibility (test_access_matrix.py) and `make audit` go through, in
both languages, with scripts and without. A new public page is a new line here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

import redis
from playwright.sync_api import Page, expect

from askpanel.eventlog.embedded import running
from tests.browser.live.schedules import PLANS, Planned, load, plan_all, slug_of
from tests.service import Participant, Service, StaffClient

Act = Callable[[Page], None]
LIVE = f"/sessions/{slug_of('live')}"
ASK = f"{LIVE}/questions"
QUESTIONS_PER_MINUTE = 40
"""What a service must allow: more than its asker needs, and no more than `hurry` can use up."""

EMPTY = Planned("empty", opens=-30, starts=-30, ends=60)
SILENT = Planned("silent", opens=-30, starts=-30, ends=60)
BROKEN = "broken"


def nothing(page: Page) -> None:
    """Look at the page as it opens."""


@dataclass(frozen=True)
class Sheet:
    """A public page, and what is done there before it is looked at.

    `who` looks: "" is anybody, `asker` somebody whose questions are in every state, `hasty`
    somebody who has sent as many as one may. `scripts` says whether scripts are needed for it.
    """

    name: str
    path: str
    act: Act = nothing
    who: str = ""
    scripts: bool = False


def asked(text: str, seen: str) -> Act:
    """Write into the box, send it, and wait for what the page says to it."""

    def act(page: Page) -> None:
        page.fill("#ask-text", text)
        page.click("#ask button[type=submit]")
        expect(page.locator(seen).first).to_be_visible()

    return act


def posted(path: str, **fields: str) -> Act:
    """Send a form as no page of ours does, to see what it is answered with."""

    def act(page: Page) -> None:
        # In the language of the page that it is sent from.
        address = ("/cy" if page.get_attribute("html", "lang") == "cy" else "") + path
        with page.expect_navigation():
            page.evaluate(
                """([address, fields]) => {
                  const form = document.createElement('form');
                  form.method = 'post';
                  form.action = address;
                  for (const [name, value] of Object.entries(fields)) {
                    const field = document.createElement('input');
                    field.type = 'hidden'; field.name = name; field.value = value;
                    form.append(field);
                  }
                  document.body.append(form);
                  form.submit();
                }""",
                [address, fields],
            )

    return act


def unfolded(page: Page) -> None:
    """Open everything that can be opened."""
    page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")


def paused(page: Page) -> None:
    page.click("#live-pause")


ERROR = ".govuk-error-summary"
SHEETS: tuple[Sheet, ...] = (
    Sheet("front", "/"),
    Sheet("privacy", "/privacy"),
    Sheet("accessibility", "/accessibility"),
    Sheet("safety", "/safety"),
    *(Sheet(plan.phase, f"/sessions/{slug_of(plan.phase)}", unfolded) for plan in PLANS),
    Sheet("live, without answers", f"/sessions/{slug_of(EMPTY.phase)}"),
    Sheet("live, the asker", LIVE, unfolded, who="asker"),
    Sheet("closed, the asker", f"/sessions/{slug_of('closed')}", unfolded, who="asker"),
    Sheet("live, nothing new", f"{LIVE}?after=9999"),
    Sheet("live, some new", f"{LIVE}?after=1"),
    Sheet("live, of one organisation", f"{LIVE}?organisation=lff"),
    Sheet("live, refreshing by itself", f"{LIVE}?refresh=60"),
    *(
        Sheet(f"{view}, {phase}", f"/sessions/{slug_of(phase)}/{view}")
        for view in ("screen", "embed")
        for phase in ("announced", "live", "paused", "closed")
    ),
    Sheet("live, paused by its reader", LIVE, paused, scripts=True),
    Sheet("asked, early", f"/sessions/{slug_of('early')}", asked("When is it?", "#mine > li")),
    Sheet("asked", LIVE, asked("Can you see me?", "#mine > li")),
    Sheet("asked nothing", LIVE, asked("", ERROR)),
    Sheet("asked too much", LIVE, asked("x" * 1001, ERROR)),
    Sheet("asked far too much", LIVE, posted(ASK, text="x" * 70_000)),
    Sheet("asked about no topic", LIVE, posted(ASK, text="Why?", topic="none", id="x" * 22)),
    Sheet("asked with a telephone number in it", LIVE, asked("Call 07700 900123", "#ask-stop")),
    Sheet("asked too often", LIVE, asked("And another?", ERROR), who="hasty"),
    Sheet("asked while muted", f"/sessions/{slug_of(SILENT.phase)}", asked("Now?", ERROR)),
    Sheet(
        "asked when it was over",
        LIVE,
        posted(f"/sessions/{slug_of('closed')}/questions", text="Too late?", id="x" * 22),
    ),
    Sheet("withdrawn what is not there", LIVE, posted(f"{ASK}/999/withdraw")),
    Sheet("responded to nothing", LIVE, posted(f"{ASK}/999/respond", helped="perhaps")),
    Sheet("transcript", f"/sessions/{slug_of('closed')}/transcript"),
    Sheet("transcript, empty", f"/sessions/{slug_of(EMPTY.phase)}/transcript"),
    Sheet("no such page", "/nowhere"),
    Sheet("no such session", "/sessions/nowhere"),
    Sheet("a method that is not for it", "/privacy", posted("/privacy")),
    Sheet("a fault of ours", f"/sessions/{BROKEN}"),
)
AWAY: tuple[Sheet, ...] = (
    Sheet("the store away, front", "/"),
    Sheet("the store away, a session not met before", "/sessions/elsewhere"),
    Sheet("the store away, a session", LIVE),
    Sheet("the store away, asked", LIVE, asked("Is it kept?", ERROR)),
    Sheet(
        "the store away, asked where nobody was",
        LIVE,
        posted("/sessions/elsewhere/questions", text="Is it kept?", id="x" * 22),
    ),
)
"""What is looked at while the store stands still."""


def set_up(service: Service, asker: Participant, clerk: Callable[[str], StaffClient]) -> None:
    """Sessions in every phase, with something on each list, and one that the store spoilt."""
    plan_all(service, asker, clerk)
    load(service, EMPTY)
    hana = clerk("hana")
    told = {"text_en": "The panel comes at six.", "text_cy": "Daw'r panel am chwech."}
    for phase in ("early", "live"):
        pinned = hana.post(
            f"/staff/sessions/{slug_of(phase)}/announcements", data={"csrf": hana.csrf, **told}
        )
        assert pinned.status_code == 303, pinned.text
    silent = load(service, SILENT)
    with service.participant() as nuisance:
        number = nuisance.ask("Ha ha?", slug=silent).json()["number"]
    assert clerk("asha").command(number, "mute", slug=silent).status_code == 200
    engine = running(service.folder / "data")
    assert engine is not None
    with redis.Redis.from_url(engine, protocol=2) as store:
        store.hset(f"askpanel:{{{BROKEN}}}:meta", "session", "{not JSON")


def hurry(asker: Participant) -> None:
    """Send as many questions as one may in a minute."""
    ask = partial(asker.ask, slug=slug_of(EMPTY.phase))
    while (asked := ask("Me again?", nonce=uuid4().hex)).status_code == 201:
        pass
    assert asked.status_code == 429, asked.text
