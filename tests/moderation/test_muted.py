"""Who may send nothing more stands on the triage screen, by a question's number and nothing else of
theirs, and is let in again from there."""

from __future__ import annotations

import re
from pathlib import Path

from tests.cast import ALEX, ASHA, SAM
from tests.moderation.office import HERE, Browser, Office, office

MUTED = re.compile(r'<li class="ask-muted" id="muted-(\d+)">(.*?)<form', re.DOTALL)


async def muted(desk: Office, browser: Browser) -> list[tuple[str, str]]:
    await desk.caught_up()
    page = (await browser.get(f"{HERE}/triage")).text
    assert SAM.author not in page
    assert ALEX.author not in page
    return [
        (number, " ".join(re.sub("<.*?>", "", said).split()))
        for number, said in MUTED.findall(page)
    ]


async def test_the_muted_are_listed_as_it_happened_and_let_in_again(
    engine_url: str, prefix: str, tmp_path: Path
) -> None:
    async with office(engine_url, prefix, tmp_path) as desk:
        for author in (SAM, ALEX):
            await desk.ask(author=author)
        bea = await desk.browser("bea")
        assert await muted(desk, bea) == []
        for number in (2, 1):
            await desk.do(number, "mute", ASHA)
        assert await muted(desk, bea) == [
            (f"{number}", f"The author of question {number}, muted by Asha at 12pm")
            for number in (2, 1)
        ]
        reply = await bea.post(f"{HERE}/questions/2/unmute")
        assert reply.status_code == 303
        assert [number for number, _ in await muted(desk, bea)] == ["1"]
        await desk.ask(author=ALEX)
