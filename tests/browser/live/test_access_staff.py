"""Every staff page with everything on it that can be on it, in both languages, with its scripts and
without: nothing that axe-core finds fault with, nothing to be scrolled for sideways, and nothing
that somebody wrote can be clicked."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.live.evening import Evening
from tests.browser.live.inspector import EVERY_WAY, Inspector
from tests.browser.live.people import Colleague
from tests.service import Participant

WRITTEN = "See https://example.com/how or www.example.org, ring 020 7946 0000, MR RIGBY?"
CLICKABLE = """[...document.querySelectorAll('main a')].map(each => each.outerHTML)
  .filter(html => /example|7946|Rigby/i.test(html.replace(/ data-text="[^"]*"/, '')))"""


@pytest.fixture(scope="module")
def filled() -> list[int]:
    """The questions of the module's session, one in each state; filled by the first who asks."""
    return []


@pytest.fixture
def numbers(evening: Evening, asker: Participant, filled: list[int]) -> list[int]:
    if not filled:
        filled += fill(evening, asker)
    return filled


def fill(evening: Evening, asker: Participant) -> list[int]:
    """A question in every state that triage may open, the last of them answered in every way."""
    give = evening.give
    waiting, held, risk, seen, done = (evening.ask(f"{n}. {WRITTEN}") for n in range(1, 6))
    give("asha", held, "hold", note="Ask Leah.")
    for number in (risk, seen, done):
        give("bea", number, "escalate", note="May be in danger.")
    for number in (seen, done):
        give("leah", number, "acknowledge")
    give("leah", done, "conclude", decision="no-danger", note="A figure of speech.")
    rejected, replied, again, diverted, merged, approved = (
        evening.ask(f"{n}. {WRITTEN}") for n in range(6, 12)
    )
    give("asha", rejected, "reject", reason="abusive")
    for number in (replied, again):
        give("asha", number, "reply", text="Call 0808 1000 900.\n\n- or\n- 999")
    address = f"/sessions/{evening.slug}/questions/{again}/respond"
    assert asker.post(address, data={"helped": "no"}).status_code == 303
    give("asha", diverted, "divert", diversion="crime")
    give("asha", merged, "merge", into=str(approved))
    give("asha", approved, "approve", text="How does one find out?")
    give("asha", approved, "assign", organisation="lff", panelist="lucy")
    give("bea", waiting, "annotate", note="Sent last year, too.")
    give("bea", waiting, "label", labels="first common")
    give("bea", waiting, "hand", to="asha")
    give("bea", waiting, "mute")
    clerk = evening.house.clerk("bea")
    clerk.post(f"{evening.staff_path}/remarks", data={"csrf": clerk.csrf, "text": WRITTEN})
    give("bea", waiting, "unmute")
    answered = evening.answered(f"12. {WRITTEN}", "Call:\n\n1. 101\n2. 999")
    give("bea", waiting, "mute")
    give("morgan", answered, "correct", answer="1", text="Call 101.")
    give("morgan", answered, "translate", answer="1", lang="cy", text="Ffoniwch 101.")
    give("lucy", answered, "cosign", answer="1")
    return [
        *(waiting, held, risk, seen, done, rejected, replied, again, diverted, merged),
        *(approved, answered),
    ]


def inspector(colleague: Colleague, lang: str, *, scripts: bool) -> Inspector:
    return Inspector(colleague.tab, lang, scripts=scripts)


def unfolded(page: Page) -> None:
    """Open everything that can be opened."""
    page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
    assert page.evaluate(CLICKABLE) == []


@EVERY_WAY
def test_the_queue_with_a_question_of_each_state_open(
    evening: Evening, numbers: list[int], lang: str, scripts: bool
) -> None:
    # Not at the queue yet: leaving that page would give back what is open.
    at_history = evening.house.colleague("asha", "history", slug=evening.slug)
    asha = inspector(at_history, lang, scripts=scripts)
    for number in numbers:
        evening.give("asha", number, "lock", doing="reading")

    def all_open(page: Page) -> None:
        expect(page.locator("#opened > li")).to_have_count(len(numbers))
        unfolded(page)

    asha.visit(f"{evening.staff_path}/triage", all_open)
    asha.visit(f"{evening.staff_path}/triage?q=nothing+has+these+words&sort=priority", unfolded)
    assert asha.wrong == []


@EVERY_WAY
def test_the_desk_with_everything_on_it(
    evening: Evening, numbers: list[int], lang: str, scripts: bool
) -> None:
    number = numbers[-2]
    text = "Call 0161 496 0000 or 0908 1000 900."
    evening.give("lucy", number, "claim")
    lucy = inspector(evening.desk("lucy"), lang, scripts=scripts)
    leah = inspector(evening.desk("leah"), lang, scripts=scripts)

    def stopped(page: Page) -> None:
        unfolded(page)
        page.fill(f"#answer-{number}", text)
        page.locator(f"[data-composer=answer-{number}] .ask-send__first").click()
        expect(page.locator(".ask-guard")).to_be_visible()

    def previewed(page: Page) -> None:
        page.fill(f"#answer-{number}", "Call 101.\n\n- any day\n- any time")
        page.locator(f"[data-composer=answer-{number}] [data-preview]").click()
        expect(page.locator(".ask-preview").first).to_be_visible()

    lucy.visit(f"{evening.staff_path}/desk", stopped)
    lucy.visit(f"{evening.staff_path}/desk", previewed)
    evening.give("lucy", number, "answer", text=text, lang="en", ask_lead="1")
    leah.visit(f"{evening.staff_path}/desk", unfolded)
    evening.give("leah", number, "return", note="Not that number.")
    lucy.visit(f"{evening.staff_path}/desk", unfolded)
    evening.give("lucy", number, "release")
    assert lucy.wrong + leah.wrong == []


@EVERY_WAY
def test_the_record_and_the_keys(
    evening: Evening, numbers: list[int], lang: str, scripts: bool
) -> None:
    hana = inspector(evening.triage("hana"), lang, scripts=scripts)
    hana.visit(f"{evening.staff_path}/history?kind=all", unfolded)
    hana.visit(f"{evening.staff_path}/report", unfolded)
    hana.visit("/staff/keys", unfolded)
    hana.visit("/staff")
    assert hana.wrong == []


@pytest.mark.parametrize("lang", ["", "/cy"], ids=["English", "Welsh"])
def test_what_a_command_for_many_is_answered_with(
    evening: Evening, numbers: list[int], lang: str
) -> None:
    bea = inspector(evening.triage("bea"), lang, scripts=False)
    waiting, risk = numbers[0], numbers[2]

    def given(page: Page) -> None:
        unfolded(page)
        for number in (waiting, risk):
            page.check(f"#tick-{number}")
        page.locator("#bulk [formaction$='/bulk/label']").click()
        page.wait_for_url("**/bulk/label")

    def refused(page: Page) -> None:
        unfolded(page)
        page.check(f"#tick-{risk}")
        page.locator("#bulk [formaction$='/bulk/restore']").click()
        page.wait_for_url("**/bulk/restore")

    for act in (given, refused):
        bea.visit(f"{evening.staff_path}/triage", act)
    assert bea.wrong == []
