"""What the desk may do with an answer: correct it, give it in the other language, sign it, and let
a number through that is not on the list."""

from __future__ import annotations

import pytest

from askpanel.eventlog.model import Actor, Question, Refused, Version
from tests.cast import ASHA, HANA, LEAH, LUCY, MORGAN
from tests.eventlog.rulesroom import Room

NUMBER = {"unverified": "0908 1000 900\nwww.example.com"}
WRITTEN: list[tuple[str, str, dict[str, str | int]]] = [
    ("answer", "claimed", {"text": "Call 0908 1000 900", "lang": "en"}),
    ("correct", "answered", {"answer": 1, "text": "Call 0908 1000 900"}),
    ("translate", "answered", {"answer": 1, "lang": "cy", "text": "Ffoniwch 0908 1000 900"}),
]


async def newest_event(room: Room) -> tuple[str, list[str]]:
    event = (await room.store.snapshot("stop-it-now")).entries[0].event
    return event.type, event.numbers


@pytest.mark.parametrize(("command", "state", "fields"), WRITTEN)
async def test_a_number_that_is_not_on_the_list_stops_publication(
    room: Room, command: str, state: str, fields: dict[str, str | int]
) -> None:
    number = await room.question_in(state)
    for more in ({}, {"confirm": "1"}):
        with pytest.raises(Refused, match="unverified"):
            await room.do(number, command, MORGAN, **fields, **NUMBER, **more)


@pytest.mark.parametrize(("command", "state", "fields"), WRITTEN)
async def test_a_lead_lets_it_through_and_the_log_says_so(
    room: Room, command: str, state: str, fields: dict[str, str | int]
) -> None:
    number = await room.question_in(state)
    asked = await room.do(number, command, MORGAN, **fields, **NUMBER, ask_lead="1")
    assert asked.draft is not None
    assert asked.draft.unverified == ["0908 1000 900", "www.example.com"]
    assert shown(asked).count("0908") == 0
    for actor, more in ((MORGAN, {"confirm": "1"}), (ASHA, {"confirm": "1"}), (LEAH, {})):
        with pytest.raises(Refused, match=r"own_draft|unverified"):
            await room.do(number, "publish", actor, **more)
    published = await room.do(number, "publish", LEAH, confirm="1")
    assert published.draft is None
    assert shown(published).count("0908 1000 900") == 1
    event = await newest_event(room)
    assert event[0] in ("answered", "corrected", "translated")
    assert event[1] == ["0908 1000 900", "www.example.com"]


def shown(question: Question) -> str:
    """Every wording of every answer that the public can see."""
    found = [answer.text for answer in question.answers]
    return "\n".join(
        found + [w[-1].text for a in question.answers for w in a.counterparts.values()]
    )


async def test_a_private_reply_with_such_a_number_is_a_lead_s_to_confirm(room: Room) -> None:
    number = await room.submit()
    for actor, more in ((ASHA, {"confirm": "1"}), (ASHA, {"ask_lead": "1"}), (LEAH, {})):
        with pytest.raises(Refused, match="unverified"):
            await room.do(number, "reply", actor, text="Call", **NUMBER, **more)
    await room.do(number, "reply", LEAH, text="Call", **NUMBER, confirm="1")
    assert await newest_event(room) == ("replied", ["0908 1000 900", "www.example.com"])


@pytest.mark.parametrize(("command", "state", "fields"), WRITTEN)
async def test_where_the_session_asks_for_a_check_nothing_is_published_alone(
    checked_room: Room, command: str, state: str, fields: dict[str, str | int]
) -> None:
    room = checked_room
    number = await room.question_in("claimed")
    if state == "answered":
        await room.do(number, "answer", MORGAN, text="First", lang="en")
        await room.do(number, "publish", LUCY)
    drafted = await room.do(number, command, MORGAN, **fields)
    assert drafted.draft is not None
    assert shown(drafted) == ("First" if state == "answered" else "")
    with pytest.raises(Refused, match="own_draft"):
        await room.do(number, "publish", MORGAN)
    returned = await room.do(number, "return", LUCY, note="Kinder, please")
    assert returned.draft is not None
    assert returned.draft.note == "Kinder, please"
    await room.do(number, command, MORGAN, **fields)
    published = await room.do(number, "publish", ASHA)
    assert str(fields["text"]) in shown(published)


async def test_an_answer_gets_its_counterpart_and_both_are_corrected(room: Room) -> None:
    number = await room.question_in("answered")
    await room.do(number, "translate", MORGAN, answer=1, lang="cy", text="Ateb")
    second = await room.do(number, "translate", ASHA, answer=1, lang="cy", text="Gwell ateb")
    (answer,) = second.answers
    assert answer.wording("cy") == ("Gwell ateb", "cy")
    assert answer.wording("en") == (answer.text, "en")
    assert [each.text for each in answer.counterparts["cy"]] == ["Ateb", "Gwell ateb"]
    assert answer.versions == [Version(text="An answer", at=answer.at, by="morgan")]


@pytest.mark.parametrize(
    ("actor", "fields", "code"),
    [
        (MORGAN, {"lang": "en"}, "bad_lang"),
        (MORGAN, {"lang": "fr"}, "bad_lang"),
        (LUCY, {"lang": "cy"}, "not_own_answer"),
        (MORGAN, {"lang": "cy", "answer": 2}, "unknown_answer"),
        (MORGAN, {"lang": ""}, "missing"),
    ],
)
async def test_a_counterpart_that_cannot_be_is_refused(
    room: Room, actor: Actor, fields: dict[str, str | int], code: str
) -> None:
    number = await room.question_in("answered")
    with pytest.raises(Refused, match=code):
        await room.do(number, "translate", actor, **{"answer": 1, "text": "Ateb", **fields})


async def test_the_other_organisation_signs_an_answer_once(room: Room) -> None:
    number = await room.question_in("answered")
    with pytest.raises(Refused, match="own_answer"):
        await room.do(number, "cosign", MORGAN, answer=1)
    signed = await room.do(number, "cosign", LUCY, answer=1)
    assert [(each.organisation, each.name) for each in signed.answers[0].cosigned] == [
        ("lff", "Lucy")
    ]
    with pytest.raises(Refused, match="cosigned_already"):
        await room.do(number, "cosign", LUCY, answer=1)


async def test_nobody_s_name_stands_under_words_that_they_have_not_read(room: Room) -> None:
    number = await room.question_in("answered")
    await room.do(number, "cosign", LUCY, answer=1)
    corrected = await room.do(number, "correct", MORGAN, answer=1, text="Quite other words")
    assert corrected.answers[0].cosigned == []
    signed = await room.do(number, "cosign", LUCY, answer=1)
    assert [each.organisation for each in signed.answers[0].cosigned] == ["lff"]
    # The same in another language is what was signed.
    translated = await room.do(number, "translate", MORGAN, answer=1, lang="cy", text="Ateb")
    assert translated.answers[0].cosigned == signed.answers[0].cosigned


async def test_a_record_does_not_grow_without_end(room: Room) -> None:
    number = await room.question_in("answered")
    for n in range(100):
        await room.do(number, "annotate", MORGAN, note=f"Note {n}")
    for n in range(49):
        await room.do(number, "correct", MORGAN, answer=1, text=f"Words {n}")
    for n in range(50):
        await room.do(number, "translate", MORGAN, answer=1, lang="cy", text=f"Geiriau {n}")
    for command, fields in (
        ("annotate", {"note": "One more"}),
        ("correct", {"answer": 1, "text": "Once more"}),
        ("translate", {"answer": 1, "lang": "cy", "text": "Eto"}),
    ):
        with pytest.raises(Refused, match="full"):
            await room.do(number, command, MORGAN, **fields)
    assert (await room.do(number, "remove", ASHA, reason="names-a-person")).state == "removed"


async def test_a_colleague_knows_that_the_holder_types(room: Room) -> None:
    number = await room.question_in("claimed")
    room.time[0] += 5_000
    renewed = await room.do(number, "claim", MORGAN, typing="1")
    assert renewed.holder is not None
    assert renewed.holder.typing == room.time[0]


async def test_a_host_corrects_any_answer_and_a_moderator_none(room: Room) -> None:
    number = await room.question_in("answered")
    corrected = await room.do(number, "correct", HANA, answer=1, text="Better")
    assert corrected.answers[0].text == "Better"
    with pytest.raises(Refused, match="wrong_role"):
        await room.do(number, "correct", ASHA, answer=1, text="Best")
