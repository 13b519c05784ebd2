"""A page that was there all evening is the page that somebody opens at its end: what four people
did to one another's questions has reached every screen through its socket, whole."""

from __future__ import annotations

from itertools import takewhile, zip_longest
from time import monotonic

from playwright.sync_api import expect

from tests.browser.conftest import DEADLINE
from tests.browser.live.evening import Evening
from tests.browser.live.people import Colleague, Person

LISTS = (
    "opened list-pending list-escalated list-held list-approved list-answered list-done claims "
    "list-mine list-of-gmp list-of-lff count-pending count-escalated count-held count-approved "
    "count-answered count-done alarms muted remarks present phase transcript waiting mine"
)
DRAWN = """ids => {
  // What scripts add for the person who sits there, and what no two pages have in common.
  const ours = ['tabindex', 'data-filtered', 'data-held', 'aria-busy', 'hidden'];
  return ids.split(' ').flatMap(id => {
    const list = document.getElementById(id)?.cloneNode(true);
    if (!list) return [];
    for (const each of [list, ...list.querySelectorAll('*')]) {
      ours.forEach(name => each.removeAttribute(name));
      each.getAttributeNames().filter(name => name.startsWith('data-govuk-'))
        .forEach(name => each.removeAttribute(name));
      if (each.localName === 'details') each.removeAttribute('open');
      if (each.matches('[data-gap]')) each.remove();
      if (each.matches('.ask-countdown')) each.remove();
      if (each.matches('.ask-clock')) each.textContent = '';
      if (each.matches('[name="csrf"]')) each.removeAttribute('value');
      const said = [...each.attributes].map(({name, value}) => [name, value]).sort();
      said.forEach(([name]) => each.removeAttribute(name));
      said.forEach(([name, value]) => each.setAttribute(name, value));
    }
    return [`${id}: ${list.outerHTML.replace(/\\s+/g, ' ').replace(/> | </g, m => m.trim())}`];
  });
}"""


def drawn(person: Person) -> list[str]:
    return list(person.page.evaluate(DRAWN, LISTS))


def differences(was_there: Person, opened: Person) -> list[tuple[str, str]]:
    """What two pages show otherwise once both have had time to show all: from where they part."""
    end = monotonic() + DEADLINE
    while (one := drawn(was_there)) != (other := drawn(opened)) and monotonic() < end:
        opened.page.wait_for_timeout(50)
    pairs = zip_longest(one, other, fillvalue="")
    return [parted(mine, theirs) for mine, theirs in pairs if mine != theirs]


def parted(one: str, other: str) -> tuple[str, str]:
    same = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    at = max(sum(1 for _ in same) - 40, 0)
    return one[at : at + 200], other[at : at + 200]


def test_a_page_of_the_whole_evening_is_a_page_opened_at_its_end(evening: Evening) -> None:
    people = (
        *(evening.triage("asha"), evening.triage("bea"), evening.triage("leah")),
        *(evening.desk("morgan"), evening.desk("lucy"), evening.reader()),
    )
    asha, bea = people[0], people[1]
    assert isinstance(asha, Colleague)
    assert isinstance(bea, Colleague)
    the_evening(evening, asha, bea)
    number = evening.approved("Is that all?")
    for person in people:
        place = person.page.locator(f"#question-{number}")
        expect(place).to_have_count(1)
        person.page.keyboard.press("n")
    fresh: list[Person] = [evening.house.reader(slug=evening.slug)]
    for username, screen in (("leah", "triage"), ("morgan", "desk"), ("lucy", "desk")):
        fresh.append(evening.house.colleague(username, screen, slug=evening.slug))
    stayed = (people[5], people[2], people[3], people[4])
    for was_there, opened in zip(stayed, fresh, strict=True):
        assert len(drawn(opened)) > 2
        assert differences(was_there, opened) == []
    assert evening.all_have_stayed()


def the_evening(evening: Evening, asha: Colleague, bea: Colleague) -> None:
    """Of everything a little, by people and by those whom nobody watches."""
    give, ask = evening.give, evening.ask
    first, second, third, fourth = (
        ask(f"What is the {n} of them?") for n in ("1st", "2nd", "3", "4")
    )
    asha.open(first)
    asha.step(first, "Labels").get_by_label("Often asked").check()
    asha.opened(first).get_by_role("button", name="Set the labels").click()
    expect(bea.question(first)).to_contain_text("Often asked")
    bea.press(first, "Take over from Asha")
    expect(bea.opened(first)).to_be_visible()
    give("bea", first, "approve", text="What is the first of them?")
    give("bea", second, "escalate", note="May be in danger.")
    give("leah", second, "acknowledge")
    give("leah", second, "conclude", decision="no-danger", note="No.")
    give("asha", second, "reply", text="Call 0808 1000 900.")
    give("asha", third, "merge", into=str(first))
    give("asha", fourth, "divert", diversion="crime")
    undone = give("asha", fourth, "restore").json()
    give("bea", fourth, "undo", position=str(undone["undo"]["position"]))
    give("asha", first, "assign", organisation="gmp", panelist="morgan")
    give("morgan", first, "claim")
    give("morgan", first, "answer", text="This.\n\n- And that.", lang="en")
    give("morgan", first, "correct", answer="1", text="Only this.")
    give("morgan", first, "translate", answer="1", lang="cy", text="Dim ond hwn.")
    give("lucy", first, "cosign", answer="1")
    give("lucy", first, "answer", text="And this.", lang="en")
    held, open_, gone = ask("For later?"), ask("Who has this?"), ask("Not this?")
    give("asha", held, "hold", note="Later.")
    give("leah", open_, "lock", doing="editing")
    give("leah", open_, "annotate", note="A word.")
    give("bea", gone, "mute")
    give("bea", gone, "unmute")
    give("bea", gone, "reject", reason="abusive")
    clerk = evening.house.clerk("asha")
    address = f"{evening.staff_path}/remarks"
    assert clerk.post(address, data={"csrf": clerk.csrf, "text": "Well done."}).status_code == 303
