"""What is pictured: which pages, as whom, and what was done on them before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from playwright.async_api import Page

WIDTHS: Final = (1280, 375)
SESSION: Final = "/sessions/stop-it-now"
CHECKED: Final = "/sessions/second-check"
PAUSED: Final = "/sessions/paused"
TRIAGE: Final = f"/staff{SESSION}/triage"
DESK: Final = f"/staff{SESSION}/desk"
QUESTION = "My partner looked at something and told me. Do I have to tell the police?"
ANSWER = "Nobody is made to. But you can talk about it first, without giving a name:"
WRONG_NUMBER = "Call Stop it Now! on 0908 1000 900. It is free, and you need not say who you are."
EDITED = "Which apps are not for a ten-year-old?"

REMARKS = (
    ("hana", "Two minutes, then I tell them that the panel is running late."),
    ("bea", "I have the Welsh ones. Can you take what comes in about laptops?"),
)

Act = Callable[[Page], Awaitable[None]]


async def nothing(page: Page) -> None:
    """Look at the page as it opens."""


@dataclass(frozen=True)
class Scene:
    """One page to be pictured. `staff` is who is signed in, by username."""

    name: str
    path: str
    staff: str = ""
    scripts: bool = True
    act: Act = nothing
    widths: tuple[int, ...] = WIDTHS


async def read_on(page: Page) -> None:
    await page.locator("#transcript-heading").evaluate("heading => heading.scrollIntoView()")


async def send_nothing(page: Page) -> None:
    await page.click("#ask button[type=submit]")
    await page.wait_for_selector(".govuk-error-summary")


async def send_a_number(page: Page) -> None:
    await page.fill("#ask-text", "Can you ring me on 07700 900123? I do not know what to do.")
    await page.click("#ask button[type=submit]")
    await page.wait_for_selector("#ask-stop")
    await page.locator("#ask-stop").evaluate("stop => stop.scrollIntoView()")


async def send(page: Page, text: str = QUESTION) -> None:
    await page.fill("#ask-text", text)
    await page.click("#ask button[type=submit]")
    await page.wait_for_selector("#mine > li, #ask-stop")
    if await page.locator("#ask-stop").count():
        await page.locator("#ask button[type=submit]:not([name])").click()
    await page.wait_for_selector("#mine > li")


# ---- Triage


async def open_and_look_up(page: Page) -> None:
    await open_question(page, 5)
    await page.evaluate("if (innerWidth > 1000) scrollTo(0, 0)")


async def open_question(page: Page, number: int) -> None:
    """Open a question, and look at it."""
    await page.click(f"#question-{number} button[data-focus=lock]")
    await page.wait_for_selector(f"#open-{number}")
    await page.locator(f"#open-{number}").evaluate("box => box.scrollIntoView()")


def opening(number: int, unfold: str = "", then: Act = nothing) -> Act:
    """Open a question, unfold what one of its commands needs, and do something there."""

    async def act(page: Page) -> None:
        await open_question(page, number)
        if unfold:
            await page.click(f"#{unfold}-{number} > summary")
            await page.locator(f"#{unfold}-{number}").evaluate("form => form.scrollIntoView()")
        await then(page)

    return act


async def begin_a_reply(page: Page) -> None:
    await page.locator("#reply-5 [data-fill]").first.click()


async def change_words(page: Page) -> None:
    await page.fill("#edit-5 textarea", "My son is 13 and got a picture from a friend. What now?")


async def filter_and_tick(page: Page) -> None:
    await page.click("#filters-more > summary")
    await page.select_option("#filter-list", "pending")
    await page.check("#tick-5")
    await page.check("#tick-15")
    await page.click("#bulk-more > summary")
    await page.locator("#filters-more").evaluate("filters => filters.scrollIntoView()")


def looking_at(selector: str) -> Act:
    async def act(page: Page) -> None:
        place = page.locator(selector).first
        await place.wait_for()
        await place.evaluate("place => place.scrollIntoView({block: 'center'})")

    return act


async def look_at_keys(page: Page) -> None:
    await page.click("[data-keys-help]")


async def open_channel(page: Page) -> None:
    await page.click("#channel > summary")


# ---- Desk


async def write(page: Page) -> None:
    await page.locator("#claims textarea").first.fill(ANSWER)


async def preview(page: Page) -> None:
    await write(page)
    await page.click("#claims [data-preview]")
    await looking_at("#claims .ask-preview")(page)


async def write_a_wrong_number(page: Page) -> None:
    await page.locator("#claims textarea").first.fill(WRONG_NUMBER)
    await page.click("#claims .ask-send__first")
    await page.wait_for_selector("#claims .ask-guard")
    await page.locator("#claims .ask-guard").evaluate(
        "box => box.scrollIntoView({block: 'center'})"
    )


def both(name: str, path: str, act: Act = nothing, **how: Any) -> tuple[Scene, Scene]:
    """The same in English and in Welsh."""
    return Scene(name, path, act=act, **how), Scene(f"{name}-cy", f"/cy{path}", act=act, **how)


BEFORE = (
    *both("front", "/"),
    *both("privacy", "/privacy"),
    *both("safety", "/safety"),
    *both("accessibility", "/accessibility"),
    *both("announced", SESSION),
    *both("not-found", "/sessions/nowhere"),
)
EARLY = both("early", SESSION)
DURING = (
    *both("live", SESSION),
    *both("reading", SESSION, read_on),
    *both("without-javascript", f"{SESSION}?after=1#transcript-heading", scripts=False),
    *both("ask-error", SESSION, send_nothing),
    *both("ask-stop", SESSION, send_a_number),
    Scene("asked", SESSION, act=send),
    *both("paused", PAUSED),
    *both("screen", f"{SESSION}/screen"),
    *both("embed", f"{SESSION}/embed"),
    Scene("sign-in", "/staff/sign-in"),
)
# After the staff's screens, which show what has been asked before.
ASKED_TOO = (
    Scene("asked-cy", f"/cy{SESSION}", act=send),
    *both("asked-without-javascript", SESSION, send, scripts=False),
)
LAST = both("last", SESSION)
STAFF = (
    Scene("triage", TRIAGE, staff="asha", act=open_and_look_up),
    Scene("triage-list", TRIAGE, staff="asha"),
    Scene("triage-edit", TRIAGE, staff="asha", act=opening(5, "edit", change_words)),
    Scene("triage-difference", TRIAGE, staff="asha", act=opening(6)),
    Scene("triage-reject", TRIAGE, staff="asha", act=opening(5, "reject")),
    Scene("triage-reply", TRIAGE, staff="asha", act=opening(5, "reply", begin_a_reply)),
    Scene("triage-escalated", TRIAGE, staff="bea", act=opening(9)),
    Scene("triage-filters", TRIAGE, staff="asha", act=filter_and_tick),
    Scene("triage-veiled", TRIAGE, staff="asha", act=looking_at("#list-pending .ask-veil")),
    Scene("triage-locked", TRIAGE, staff="bea", act=looking_at(".ask-card--locked")),
    Scene("triage-cy", f"/cy{TRIAGE}", staff="asha", act=open_and_look_up),
    Scene("triage-without-javascript", TRIAGE, staff="asha", scripts=False),
    Scene("keys", TRIAGE, staff="asha", act=look_at_keys, widths=(1280,)),
    Scene("keys", "/staff/keys", staff="asha", widths=(375,)),
    Scene("channel", TRIAGE, staff="asha", act=open_channel),
    Scene("alarm", TRIAGE, staff="leah"),
    Scene("desk", DESK, staff="morgan", act=write),
    Scene("desk-preview", DESK, staff="morgan", act=preview),
    Scene("desk-number-guard", DESK, staff="morgan", act=write_a_wrong_number),
    Scene("desk-second-organisation", DESK, staff="morgan", act=looking_at("#question-2")),
    Scene("desk-check", f"/staff{CHECKED}/desk", staff="lucy", act=looking_at("#question-1")),
    Scene("desk-cy", f"/cy{DESK}", staff="morgan"),
    Scene("desk-without-javascript", DESK, staff="morgan", scripts=False),
    Scene("history", f"/staff{SESSION}/history", staff="hana"),
    Scene("report", f"/staff{SESSION}/report", staff="hana"),
)
AFTER = (
    *both("closed", SESSION),
    *both("closed-without-javascript", SESSION, scripts=False),
    *both("transcript", f"{SESSION}/transcript"),
    *both("front-after", "/"),
)
