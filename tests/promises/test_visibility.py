"""What staff have not published reaches nobody but its author and staff: at no time, nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import closing

import httpx
import pytest

from tests.engines import wait_until
from tests.promises.evening import LANGUAGES, STAFF, Evening, Reader, found
from tests.promises.stage import Stage, staged

OPEN, QUIET = "open-evening", "quiet-evening"
SESSIONS = (
    {"slug": OPEN, "show_waiting": True, "second_check": False},
    {"slug": QUIET, "show_waiting": False, "second_check": True},
)
UNPUBLISHED = (
    *("pending", "held", "rejected", "hidden", "merged", "replied", "unhelped", "diverted"),
    *("escalated", "withdrawn"),
)
INSIDE = ("hold note", "escalation note", "colleague's note", "conclusion", "remark")
DRAFTS = ("return note", "first draft", "second draft", "counterpart draft", "correction draft")
PUBLISHED = ("approved", "edited", "answered", "answer", "counterpart")
REPLIES = ("private reply", "reply that did not help")


def spend(evening: Evening) -> None:
    """Everything that can become of a question, one after the other."""
    mark = evening.marks
    evening.ask("what alex asks", "alex")
    asked = {name: evening.ask(name) for name in (*UNPUBLISHED, "original", "approved", "answered")}
    evening.do("asha", asked["held"], "hold", note=mark["hold note"])
    evening.do("asha", asked["rejected"], "reject", reason="off-topic")
    evening.do("asha", asked["hidden"], "reject", reason="abusive")
    evening.do("asha", asked["replied"], "reply", text=mark["private reply"], lang="en")
    evening.respond(asked["replied"], "yes")
    evening.do("asha", asked["unhelped"], "reply", text=mark["reply that did not help"], lang="cy")
    evening.respond(asked["unhelped"], "no")
    evening.do("asha", asked["diverted"], "divert", diversion="crime")
    evening.do("asha", asked["escalated"], "escalate", note=mark["escalation note"])
    evening.do("hana", asked["escalated"], "acknowledge")
    decided = {"decision": "no-danger", "note": mark["conclusion"]}
    evening.do("hana", asked["escalated"], "conclude", **decided)
    evening.do("asha", asked["original"], "approve", text=mark["edited"])
    evening.do("asha", asked["approved"], "approve")
    evening.do("asha", asked["merged"], "merge", into=str(asked["approved"]))
    evening.do("asha", asked["answered"], "approve")
    evening.do("asha", asked["pending"], "hand", to="hana")
    beside(evening, asked["approved"])
    evening.do("morgan", asked["answered"], "claim")
    withdraw = f"/sessions/{evening.slug}/questions/{asked['withdrawn']}/withdraw"
    assert evening.people["sam"].post(withdraw).status_code == 303
    number = asked["answered"]
    in_welsh = {"answer": "1", "lang": "cy"}
    if evening.slug == QUIET:
        evening.do("morgan", number, "answer", text=mark["first draft"], lang="en")
        evening.do("lucy", number, "return", note=mark["return note"])
        evening.do("morgan", number, "answer", text=mark["second draft"], lang="en")
        evening.do("lucy", number, "return", note="Once more")
        evening.do("morgan", number, "answer", text=mark["answer"], lang="en")
        evening.do("lucy", number, "publish")
        evening.do("morgan", number, "translate", text=mark["counterpart draft"], **in_welsh)
        evening.do("lucy", number, "return", note="In better Welsh")
    else:
        evening.do("morgan", number, "answer", text=mark["answer"], lang="en")
    evening.do("morgan", number, "translate", text=mark["counterpart"], **in_welsh)
    if evening.slug == QUIET:
        evening.do("lucy", number, "publish")
    evening.do("lucy", number, "cosign", answer="1")
    if evening.slug == QUIET:
        evening.do("morgan", number, "correct", answer="1", text=mark["correction draft"])
    evening.look(thoroughly=True)


def beside(evening: Evening, number: int) -> None:
    """What staff do beside a question that the public sees."""
    evening.do("asha", number, "lock", doing="editing")
    evening.do("asha", number, "annotate", note=evening.marks["colleague's note"])
    evening.do("asha", number, "label", labels="follow-up")
    evening.do("asha", number, "assign", organisation="gmp")
    evening.do("asha", number, "mute")
    evening.do("asha", number, "unmute")
    evening.remark("asha", evening.marks["remark"])


def secrets_of(evening: Evening) -> dict[str, dict[str, str]]:
    """By who must not see them: the marks that nobody has published."""
    mark, questions = evening.marks, evening.stage.snapshot(evening.slug).questions
    inside = set(INSIDE)
    hidden = {*UNPUBLISHED, *REPLIES, "original", "what alex asks"}
    if evening.slug == QUIET:
        inside |= set(DRAFTS)
        hidden |= {"approved", "edited"}
    names = {f"name of {username}": name for username, name, *_ in STAFF}
    names |= {f"hash of {question.author}": question.author for question in questions}
    names |= {name: nonce for name, nonce in mark.items() if name.startswith("id of")}
    names |= {f"token of {who}": client.csrf for who, client in evening.staff.items()}
    names |= {f"cookie of {who}": value for who, value in cookies_of(evening.staff)}
    staffs = {**mark.named(*inside), **names}
    told = words_told(evening)
    found = {
        "public": {**staffs, **told, **mark.named(*hidden)},
        "alex": {**staffs, **told, **mark.named(*hidden - {"what alex asks"})},
        "sam": {**staffs, **mark.named("what alex asks")},
    }
    for who, value in cookies_of(evening.people):
        for other in {*found} - {who}:
            found[other][f"cookie of {who}"] = value
    return found


def words_told(evening: Evening) -> dict[str, str]:
    """What authors were told with decisions: the longest stretch of it that HTML leaves alone."""
    return {
        f"told with {question.state} {question.number} in {lang}": max(
            re.split(r"['\n]", words), key=len
        )
        for question in evening.stage.snapshot(evening.slug).questions
        for lang, words in question.told.items()
    }


def cookies_of(clients: Mapping[str, httpx.Client]) -> list[tuple[str, str]]:
    return [(who, value) for who, client in clients.items() for value in client.cookies.values()]


def leaks(stage: Stage, slug: str) -> tuple[Evening, list[str]]:
    """An evening with its readers, and whatever they saw that was not for them."""
    with closing(Evening(stage, slug)) as evening:
        watchers = {"public": Reader(stage, slug)}
        for who in ("alex", "sam"):
            evening.ask(f"the first of {who}", who)
            watchers[who] = Reader(stage, slug, evening.cookie(who))
        spend(evening)
        position = evening.extend()
        wait_until(lambda: all(watcher.up_to(position) for watcher in watchers.values()))
        for who, watcher in watchers.items():
            watcher.leave()
            evening.shown[who] += [("a frame", frame) for frame in watcher.heard]
        evening.shown["public"] += [("a late frame", frame) for frame in evening.replay()]
        secrets = secrets_of(evening)
        assert found([("the log", stage.logged)], evening.marks) == []
        evening.shown["public"].append(("the log", stage.logged))
        return evening, [
            f"{who}: {each}"
            for who, shown in evening.shown.items()
            for each in found(shown, secrets[who])
        ]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged(*SESSIONS, staff=STAFF) as running:
        yield running


@pytest.mark.parametrize("slug", [OPEN, QUIET])
def test_only_its_author_and_staff_see_what_is_not_published(stage: Stage, slug: str) -> None:
    evening, leaked = leaks(stage, slug)
    assert leaked == []
    # What is for somebody did reach them, on pages and by frames: the search would find it.
    public, own = PUBLISHED if slug == OPEN else PUBLISHED[2:], (*UNPUBLISHED, *REPLIES)
    told = words_told(evening)
    assert len(told) == 6
    for who, names in (("public", public), ("alex", public), ("sam", (*own, *told))):
        seen = found(evening.shown[who], {**evening.marks, **told})
        for name in names:
            assert f"{name} in a frame" in seen, (who, name)
            assert any(each.startswith(f"{name} in GET") for each in seen), (who, name)


def told_to_strangers(stage: Stage) -> set[tuple[int, str]]:
    """How it is answered when somebody takes back what is not theirs, or is not there."""
    with closing(Evening(stage, OPEN)) as evening:
        numbers = [evening.ask(f"number {n}") for n in range(3)]
        evening.do("asha", numbers[1], "approve")
        evening.do("asha", numbers[2], "reject", reason="abusive")
        answers = [
            evening.people[who].post(
                f"/sessions/{OPEN}/questions/{number}/withdraw",
                headers={"Accept": "application/json"},
            )
            for number in (*numbers, 999_999)
            for who in ("public", "alex")
        ]
    return {(answer.status_code, answer.text) for answer in answers}


def test_a_stranger_cannot_tell_what_became_of_a_question(stage: Stage) -> None:
    (told,) = told_to_strangers(stage)
    assert told[0] == 404


def shown_afterwards(stage: Stage) -> tuple[list[str], list[str]]:
    """What is still shown of questions that were taken back or down after a while in public, and
    what somebody hears who then asks for everything since the beginning."""
    with closing(Evening(stage, OPEN)) as evening:
        mark, names = evening.marks, ("removed", "restored", "corrected")
        removed, restored, corrected = (evening.ask(name) for name in names)
        for number in (removed, restored, corrected):
            evening.do("asha", number, "approve")
        evening.do("morgan", removed, "answer", text=mark["removed answer"], lang="en")
        evening.do("morgan", corrected, "answer", text=mark["mistake"], lang="en")
        assert len(found([("x", frame) for frame in evening.replay()], mark)) == 5
        evening.do("asha", removed, "remove", reason="names-a-person")
        evening.do("asha", restored, "restore")
        evening.do("morgan", corrected, "correct", answer="1", text=mark["correction"])
        evening.shown = {who: [] for who in evening.shown}
        evening.look(thoroughly=True)
        late = evening.replay()
        shown = [*evening.shown["public"], *evening.shown["alex"]]
        assert found(shown, mark.named("correction"))
        shown += [("a late frame", frame) for frame in late]
        return found(shown, mark.named("removed", "removed answer", "restored", "mistake")), late


def test_what_was_taken_back_or_down_is_not_shown_again(stage: Stage) -> None:
    """Whoever comes later, or was away, is told to fetch the page."""
    shown, late = shown_afterwards(stage)
    assert shown == []
    assert late == ['{"reset": true}'] * len(LANGUAGES)


# Controls


def test_a_program_that_answers_strangers_by_the_state_is_found_out() -> None:
    with staged(*SESSIONS, staff=STAFF, fault="telltale") as faulty:
        assert len(told_to_strangers(faulty)) > 1


def test_a_program_that_forgets_nothing_is_found_out() -> None:
    with staged(*SESSIONS, staff=STAFF, fault="indelible") as faulty:
        shown, _ = shown_afterwards(faulty)
    names = ("mistake", "removed", "removed answer", "restored")
    assert set(shown) == {f"{name} in a late frame" for name in names}


@pytest.mark.parametrize(
    "fault", ["loud_page", "loud_socket", "loud_file", "loud_header", "gossiping"]
)
def test_a_program_that_shows_too_much_is_found_out(fault: str) -> None:
    """The same evening, where one surface does not look at the state, or whose it is."""
    with staged(*SESSIONS, staff=STAFF, fault=fault) as faulty:
        _, leaked = leaks(faulty, OPEN)
    place = {
        "loud_page": "public: pending in GET /sessions/open-evening",
        "loud_socket": "public: pending in a frame",
        "loud_file": "public: pending in GET /sessions/open-evening/transcript.json",
        "loud_header": "public: name of asha in GET /sessions/open-evening",
        "gossiping": "alex: private reply in GET /sessions/open-evening",
    }[fault]
    assert place in leaked
