"""Every command, given by a real form on a real page with JavaScript off, and its effect seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from askpanel.eventlog.rules import RULES, SCHEDULE_COMMANDS, SYSTEM
from askpanel.moderation.bulk import MANY
from tests.browser.live import plainly, plainly_beside
from tests.browser.live.evening import Evening
from tests.browser.live.people import House
from tests.browser.live.schedules import Planned, load

COMMANDS = [command for command, rule in RULES.items() if SYSTEM not in rule.roles]
BESIDE = {"remark": "remarks", "preview": "preview", "keep": "keep"}
"""What staff give beside the commands of the rules, and where it is sent."""
PHASES = {
    "open": ("Start now", "Live now"),
    "pause": ("Pause", "Paused"),
    "resume": ("Go on", "Live now"),
    "extend": ("Ten minutes more", "Live now"),
    "close": ("End now", "Ended"),
}
"""What the host may do to a session that has not started, in this order: which button, and what
the page shows then."""


TRIAGE = (
    *(plainly.approve, plainly.hold, plainly.reject, plainly.reply, plainly.merge, plainly.divert),
    *(plainly.restore, plainly.assign, plainly.label, plainly.hand, plainly.escalate),
    *(plainly.acknowledge, plainly.conclude, plainly.lock, plainly.unlock, plainly.annotate),
    *(plainly.mute, plainly.unmute, plainly.undo, plainly.remark),
)
OTHERS = (
    *(plainly_beside.claim, plainly_beside.release, plainly_beside.answer, plainly_beside.publish),
    *(plainly_beside.return_, plainly_beside.correct, plainly_beside.translate),
    *(plainly_beside.cosign, plainly_beside.remove, plainly_beside.preview, plainly_beside.keep),
    *(plainly_beside.withdraw, plainly_beside.respond),
)
WAYS: dict[str, Callable[[Evening], None]] = {
    way.__name__.rstrip("_"): way for way in (*TRIAGE, *OTHERS)
}
"""Command → how it is given."""


def tomorrow(hours: int = 0) -> str:
    """A time tomorrow, as a date and time field takes it."""
    return f"{datetime.now(UTC) + timedelta(days=1, hours=hours):%Y-%m-%dT%H:%M}"


def sent_to(evening: Evening, address: str) -> bool:
    """Whether a form on somebody's page went there."""
    return any(path.endswith(f"/{address}") for person in evening.people for path in person.posted)


@pytest.mark.parametrize("command", [*COMMANDS, *BESIDE])
def test_every_command_is_given_by_a_form(evening: Evening, command: str) -> None:
    way = WAYS.get(command)
    assert way is not None, f"no form gives {command}"
    way(evening)
    assert sent_to(evening, BESIDE.get(command, command))


@pytest.mark.parametrize("command", MANY)
def test_every_command_for_many_is_given_by_a_form(evening: Evening, command: str) -> None:
    plainly_beside.many(evening, command)
    assert sent_to(evening, f"bulk/{command}")


def test_the_host_runs_the_session_by_forms(house: House) -> None:
    slug = load(house.service, Planned("run-by-forms", opens=-30, starts=60, ends=120))
    hana = house.colleague("hana", "triage", slug=slug, scripts=False)
    assert {"move", *PHASES} == set(SCHEDULE_COMMANDS)
    hana.page.get_by_role("link", name="Move it to another time").click()
    hana.page.get_by_label("Ends").fill(tomorrow())
    hana.page.get_by_label("Starts").fill(tomorrow(hours=-2))
    hana.page.get_by_role("button", name="Move the session").click()
    expect(hana.page.locator(".govuk-notification-banner")).to_contain_text("has been moved")
    assert hana.posted[-1].endswith("/schedule/move")
    hana.page.get_by_role("link", name="Questions to check").click()
    for command, (button, seen) in PHASES.items():
        hana.page.get_by_role("button", name=button, exact=True).click()
        expect(hana.page.locator("#phase")).to_contain_text(seen)
        assert hana.posted[-1].endswith(f"/schedule/{command}")


def test_what_is_chosen_in_the_filters_is_what_is_shown(evening: Evening) -> None:
    wanted, other = evening.ask("Rare words: quixotic?"), evening.ask("Common ones?")
    asha = evening.triage("asha", scripts=False)
    asha.page.locator("#filters-more > summary").click()
    asha.page.get_by_label("Words or number").fill("QUIXOTIC")
    asha.page.get_by_role("button", name="Show", exact=True).click()
    expect(asha.question(wanted)).to_be_visible()
    expect(asha.question(other)).to_be_hidden()
    asha.press(wanted, "Approve")
    expect(asha.on_list("list-approved", wanted)).to_be_visible()
    expect(asha.question(other)).to_be_hidden()
    asha.page.get_by_role("link", name="Show everything").click()
    expect(asha.question(other)).to_be_visible()
