"""Transcript files: what was published, numbered as asked, and nothing else."""

from __future__ import annotations

import csv
import io

import pytest
from redis.asyncio import Redis

from askpanel.chat import transcript
from askpanel.chat.room import Room
from askpanel.eventlog.store import Store
from tests.cast import ASHA, LUCY, MORGAN, NOON, SAM, session

FORMULA = '=HYPERLINK("https://evil.example","press")'


@pytest.fixture
async def room(client: Redis, prefix: str) -> Room:
    """Question 1 answered by both and corrected, 2 pending, 3 removed, 4 answered first."""
    store = Store(client, prefix=prefix, now=lambda: NOON)
    await store.create(session())

    async def ask(text: str) -> int:
        done = await store.submit(
            "stop-it-now", nonce=f"nonce {text}", text=text, lang="en", author=SAM.author
        )
        return done.question.number

    async def do(number: int, command: str, actor: object, **fields: str | int) -> None:
        await store.decide("stop-it-now", number, command, actor, **fields)  # type: ignore[arg-type]

    for text in ("Is it too late?", "A secret that waits", "Who was it?", FORMULA):
        await ask(text)
    for number in (4, 1, 3):
        await do(number, "approve", ASHA)
        await do(number, "answer", MORGAN, text=f"Answer {number}", lang="en")
    await do(1, "answer", LUCY, text="And from us", lang="en")
    await do(1, "correct", MORGAN, answer=1, text="Better words")
    await do(3, "remove", ASHA, reason="names-a-person")
    return Room(await store.snapshot("stop-it-now"), {})


async def test_the_json_is_numbered_as_asked_with_a_tombstone(room: Room) -> None:
    data = transcript.as_data(room)
    assert [(q["number"], q["state"]) for q in data["questions"]] == [
        (1, "answered"),
        (3, "removed"),
        (4, "answered"),
    ]
    first = data["questions"][0]
    assert [a["text"] for a in first["answers"]] == ["Better words", "And from us"]
    assert "corrected_at" in first["answers"][0]
    assert data["questions"][1] == {
        "number": 3,
        "state": "removed",
        "removed_at": "2026-11-21T12:00:00+00:00",
    }


async def test_the_csv_has_a_row_for_each_answer_and_no_formula(room: Room) -> None:
    rows = list(csv.reader(io.StringIO(transcript.as_csv(room))))
    assert rows[0] == [*transcript.COLUMNS, "answer"]
    assert [(row[0], row[4], row[-1]) for row in rows[1:]] == [
        ("1", "gmp", "Better words"),
        ("1", "lff", "And from us"),
        ("3", "", ""),
        ("4", "gmp", "Answer 4"),
    ]
    assert rows[4][2] == "'" + FORMULA
    assert not any(cell.startswith(transcript.FORMULA) for row in rows for cell in row)


async def test_the_text_names_who_answered(room: Room) -> None:
    text = transcript.as_text(room, "en")
    assert "1. Is it too late?" in text
    assert "Greater Manchester Police:\nBetter words" in text
    assert "Heddlu Manceinion Fwyaf:" in transcript.as_text(room, "cy")


async def test_nothing_else_is_in_any_of_them(room: Room) -> None:
    files = [
        str(transcript.as_data(room)),
        transcript.as_csv(room),
        transcript.as_text(room, "en"),
    ]
    for file in files:
        for hidden in ("A secret that waits", "Who was it?", "Answer 3", SAM.author, "Asha"):
            assert hidden not in file
        assert "Answer 4" in file


@pytest.fixture
async def bilingual(client: Redis, prefix: str) -> Room:
    """Question 1 answered in English, then in Welsh, signed by both, and corrected in Welsh."""
    at = [NOON]
    store = Store(client, prefix=prefix, now=lambda: at[0])
    await store.create(session())
    await store.submit("stop-it-now", nonce="n", text="Is it?", lang="en", author=SAM.author)
    for actor, command, fields in (
        (ASHA, "approve", {}),
        (MORGAN, "answer", {"text": "Yes.", "lang": "en"}),
        (MORGAN, "translate", {"answer": 1, "lang": "cy", "text": "Nac ydy."}),
        (LUCY, "cosign", {"answer": 1}),
        (MORGAN, "translate", {"answer": 1, "lang": "cy", "text": "Ydy."}),
    ):
        await store.decide("stop-it-now", 1, command, actor, **fields)
        at[0] += 60_000
    return Room(await store.snapshot("stop-it-now"), {})


async def test_both_languages_and_both_names_are_in_every_file(bilingual: Room) -> None:
    (question,) = transcript.as_data(bilingual)["questions"]
    assert question["answers"] == [
        {
            "organisation": "gmp",
            "text": "Yes.",
            "lang": "en",
            "at": "2026-11-21T12:01:00+00:00",
            "cosigned": ["lff"],
            "counterparts": [
                {
                    "text": "Ydy.",
                    "lang": "cy",
                    "at": "2026-11-21T12:02:00+00:00",
                    "corrected_at": "2026-11-21T12:04:00+00:00",
                }
            ],
        }
    ]
    rows = list(csv.DictReader(io.StringIO(transcript.as_csv(bilingual))))
    assert [(row["answer_language"], row["cosigned"], row["answer"]) for row in rows] == [
        ("en", "lff", "Yes."),
        ("cy", "lff", "Ydy."),
    ]
    english = transcript.as_text(bilingual, "en")
    assert "Greater Manchester Police, The Lucy Faithfull Foundation:\nYes.\n" in english
    assert "[The Welsh wording was corrected after this one.]" in english
    assert "[Cymraeg]\nYdy.\n[Corrected at 12:04pm]" in english
    welsh = transcript.as_text(bilingual, "cy")
    assert welsh.index("Ydy.") < welsh.index("Yes.")
    for file in (str(question), transcript.as_csv(bilingual), english, welsh):
        assert "Nac" not in file, "a former wording is for staff"


async def test_a_tombstone_stands_in_every_file(room: Room) -> None:
    assert "3. [Question 3 was removed]" in transcript.as_text(room, "en")
    assert "3. [Tynnwyd cwestiwn 3" in transcript.as_text(room, "cy")
    assert "3,removed" in transcript.as_csv(room)
