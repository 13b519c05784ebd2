"""A hundred sessions on one process: each is served, and a command waits for none of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.promises.line import dial, frames_until, place_of
from tests.promises.stage import staged
from tests.service import NONCE

SLUGS = [f"session-{number}" for number in range(100)]
READERS = 8


def test_a_question_is_taken_while_a_hundred_sessions_are_followed() -> None:
    with staged(*({"slug": slug} for slug in SLUGS)) as stage:
        sam = stage.participant()
        with ThreadPoolExecutor(READERS) as pool:
            # Whoever opens a session's page makes the process follow its log from then on.
            shown = pool.map(lambda slug: sam.page(f"/sessions/{slug}"), SLUGS)
            pages = dict(zip(SLUGS, shown, strict=True))
        asha = stage.staff("asha")
        for slug in (SLUGS[0], SLUGS[-1]):
            after, epoch = place_of(pages[slug])
            path = f"/sessions/{slug}/live?after={after}&epoch={epoch}"
            with dial(stage, path) as line:
                nonce = NONCE.findall(pages[slug])[0]
                assert sam.ask("Is there room?", nonce=nonce, slug=slug).status_code == 201
                assert asha.command(1, "approve", slug=slug).is_success
                frames = frames_until(line, stage.snapshot(slug).position)
                assert any("Is there room?" in op[-1] for op in frames[-1]["ops"])
