"""Two panelists, a lead and a moderator at the desk, and readers of both languages: one question
from its claim to its removal, in everything that the public can read and in the files."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.live.evening import Evening
from tests.browser.live.people import Colleague, Reader

FILES = ("transcript", "transcript.json", "transcript.txt", "transcript.csv")
WRONG, RIGHT = "0908 1000 900", "0808 1000 900"


def files(reader: Reader) -> list[str]:
    """The transcript as a page and as files, as anybody may load them now."""
    answers = [reader.page.request.get(f"{reader.tab.origin}{reader.path}/{f}") for f in FILES]
    assert [each.status for each in answers] == [200] * len(FILES)
    return [each.text() for each in answers]


def sent(colleague: Colleague, box: str) -> None:
    """Send what was written in a box of the desk."""
    colleague.page.locator(f"[data-composer={box}] .ask-send__first").click()


def test_an_answer_goes_from_its_claim_to_both_languages_and_two_names(evening: Evening) -> None:
    sam, cerys = evening.reader(), evening.reader(lang="cy")
    morgan, lucy = evening.desk("morgan"), evening.desk("lucy", phone=True)
    leah = evening.desk("leah")
    number = sam.ask("Which number do I call about my son?")
    evening.give("asha", number, "approve")
    morgan.press(number, "Answer this")
    expect(lucy.question(number)).to_contain_text("Morgan is answering this")
    expect(sam.own(number)).to_contain_text("Being answered now")
    expect(cerys.on_list("waiting", number)).to_contain_text("Yn ateb nawr")
    expect(lucy.button(number, "Answer this")).to_have_count(0)

    morgan.answer_box(number).fill(f"Call:\n\n- {WRONG}\n- 101")
    morgan.publish(number)
    guard = morgan.claim(number).get_by_role("group", name="Numbers and links to check")
    expect(guard).to_contain_text(f"{WRONG} is not on the list; did you mean {RIGHT}?")
    for each in (sam, cerys, lucy, leah):
        each.sees_nothing_of(WRONG)
    morgan.claim(number).get_by_role("button", name=f"Put in {RIGHT}").click()
    expect(morgan.answer_box(number)).to_have_value(f"Call:\n\n- {RIGHT}\n- 101")
    sent(morgan, f"answer-{number}")
    answer = sam.on_list("transcript", number).locator(".ask-answer")
    expect(answer.locator("li")).to_have_text([RIGHT, "101"])
    expect(cerys.on_list("transcript", number)).to_contain_text("Yn Saesneg yn unig")

    morgan.unfold(number, "Add the Welsh")
    box = f"translation-{number}-1-cy"
    morgan.page.locator(f"#{box}").fill(f"Ffoniwch {RIGHT}.")
    sent(morgan, box)
    expect(cerys.on_list("transcript", number)).to_contain_text(f"Ffoniwch {RIGHT}.")
    expect(cerys.on_list("transcript", number)).not_to_contain_text("Yn Saesneg yn unig")
    lucy.press(number, "Sign it for my organisation too")
    both = "Greater Manchester Police and The Lucy Faithfull Foundation"
    expect(sam.on_list("transcript", number)).to_contain_text(f"Answered by {both}")
    lucy.unfold(number, "Add my organisation")
    lucy.question(number).get_by_label("Your answer.").fill("You are not alone.")
    sent(lucy, f"second-text-{number}")
    expect(answer).to_have_count(2)
    expect(cerys.on_list("transcript", number)).to_contain_text("You are not alone.")
    for text in files(sam):
        assert "You are not alone." in text
        assert RIGHT in text
    assert evening.all_have_stayed()


def test_a_correction_shows_its_time_and_a_removal_is_everywhere_at_once(evening: Evening) -> None:
    sam, alex = evening.reader(), evening.reader(lang="cy")
    asha, lucy, morgan = evening.triage("asha"), evening.desk("lucy"), evening.desk("morgan")
    number = sam.ask("How long does it take?")
    evening.give("asha", number, "approve")
    evening.give("morgan", number, "answer", text="A fortnight at most.", lang="en")
    evening.give("morgan", number, "translate", text="Pythefnos.", lang="cy", answer="1")
    expect(alex.on_list("transcript", number)).to_contain_text("Pythefnos.")
    morgan.unfold(number, "Correct this answer")
    morgan.page.locator(f"#correction-{number}-1").fill("A month at most.")
    sent(morgan, f"correction-{number}-1")
    expect(sam.on_list("transcript", number)).to_contain_text("Corrected at")
    expect(sam.on_list("transcript", number)).to_contain_text("A month at most.")
    sam.page.reload()
    sam.settle()
    for reader in (sam, alex):
        expect(reader.on_list("transcript", number)).not_to_contain_text("fortnight")
    for text in files(alex):
        assert "A month at most." in text
        assert "fortnight" not in text
    lucy.unfold(number, "Earlier wordings")
    expect(lucy.question(number)).to_contain_text("A fortnight at most.")
    report = f"{asha.tab.origin}{evening.staff_path}/report"
    hana = evening.house.colleague("hana", "report", slug=evening.slug)
    missing = hana.page.locator("#missing + ul")
    expect(missing).not_to_contain_text(f"Question {number},")

    asha.open(number)
    asha.step(number, "Take down").get_by_role("button", name="About a live case").click()
    for reader, gone in ((sam, "was removed"), (alex, "Tynnwyd cwestiwn")):
        expect(reader.on_list("transcript", number)).to_contain_text(gone)
        expect(reader.on_list("transcript", number).locator(".ask-answer")).to_have_count(0)
    expect(sam.own(number)).to_contain_text("Taken down")
    for text in files(alex):
        assert "A month" not in text
        assert "Pythefnos" not in text
        assert "How long does it take?" not in text
    for each in (lucy, morgan):
        expect(each.question(number)).to_have_count(0)
    hana.page.goto(report)
    expect(hana.page.locator("main")).to_contain_text("About a live case")
    assert evening.all_have_stayed()


def test_what_is_missing_in_a_language_is_on_the_hosts_list(evening: Evening) -> None:
    number = evening.answered("And for those who read Welsh?", "In English for now.")
    hana = evening.house.colleague("hana", "report", slug=evening.slug)
    missing = hana.page.locator("#missing + ul > li").filter(has_text=f"Question {number},")
    expect(missing).to_contain_text("Cymraeg")
    missing.get_by_role("link").click()
    expect(hana.page.locator(f"#question-{number}")).to_be_in_viewport()
    evening.give("hana", number, "translate", text="Yn Gymraeg hefyd.", lang="cy", answer="1")
    hana.page.goto(f"{hana.tab.origin}{evening.staff_path}/report")
    expect(missing).to_have_count(0)


def test_a_lead_lets_a_number_through_and_it_is_on_record(evening: Evening) -> None:
    sam, morgan, leah = evening.reader(), evening.desk("morgan"), evening.desk("leah")
    number = evening.approved("Is there a local number?")
    morgan.press(number, "Answer this")
    morgan.answer_box(number).fill("Call 0161 496 0000.")
    morgan.publish(number)
    morgan.claim(number).get_by_role("button", name="Ask a lead to check it").click()
    expect(morgan.claim(number)).to_contain_text("waits for a lead")
    expect(leah.question(number)).to_contain_text("0161 496 0000")
    leah.press(number, "It is right")
    expect(sam.on_list("transcript", number)).to_contain_text("0161 496 0000")
    path = f"{evening.staff_path}/report"
    page = leah.page.request.get(f"{leah.tab.origin}{path}").text()
    assert "0161 496 0000 (" in page
    assert evening.all_have_stayed()


def test_the_line_is_cut_while_somebody_writes_and_nobody_loses_a_word(evening: Evening) -> None:
    sam, morgan, lucy = evening.reader(), evening.desk("morgan"), evening.desk("lucy")
    number = evening.approved("Are you there?")
    morgan.press(number, "Answer this")
    morgan.answer_box(number).fill("I am, and")
    expect(morgan.claim(number)).to_contain_text("Kept at")
    morgan.tab.context.set_offline(True)
    morgan.answer_box(number).fill("I am, and I go on writing.")
    expect(morgan.claim(number)).to_contain_text("Not kept yet: the connection is lost.")
    second = evening.approved("What came while the line was cut?")
    morgan.tab.context.set_offline(False)
    expect(morgan.question(second)).to_have_count(1, timeout=45_000)
    expect(morgan.answer_box(number)).to_have_value("I am, and I go on writing.")
    expect(lucy.question(number)).to_contain_text("Morgan is answering this")
    morgan.publish(number)
    expect(sam.on_list("transcript", number)).to_contain_text("I go on writing.")
    assert evening.all_have_stayed()
