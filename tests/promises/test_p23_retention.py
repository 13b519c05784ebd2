"""P23. What was not published is gone so many days after a session's end, from the store, its files
and every page; what was published is still there, at the same address."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
import pytest

from askpanel.chat.retention import Retention
from askpanel.chat.transcriptfile import FORMS
from askpanel.eventlog import erasing
from askpanel.eventlog.backstage import Backstage
from askpanel.eventlog.engine import connect
from askpanel.eventlog.purging import DAY_MS, Purger
from askpanel.eventlog.records import Purge
from askpanel.eventlog.rewriting import Written
from askpanel.eventlog.seals import Seals
from askpanel.eventlog.store import Store
from tests.cast import HANA
from tests.engines import wait_until
from tests.marked import GONE, Marked
from tests.promises.stage import Stage, staged
from tests.promises.trail import files_in, store_of
from tests.service import SLUG

DAYS = 30
HERE = f"/sessions/{SLUG}"
PUBLIC = (
    *("/", "/cy/", HERE, f"/cy{HERE}", f"{HERE}/transcript", f"/cy{HERE}/transcript"),
    *(f"{HERE}/transcript.{form}" for form in ("json", "csv", "txt", "html")),
    *(f"/cy{HERE}/transcript.{form}" for form in ("txt", "html")),
    *(f"{HERE}/screen", f"{HERE}/embed"),
)
STAFF = ("report", "history", "triage", "desk")


class Over:
    """A marked evening on a service that goes on serving, and what was left of it."""

    def __init__(self, stage: Stage, marked: Marked) -> None:
        self.stage, self.gone, self.kept = stage, marked.gone, marked.kept

    def purge(self, *, write: bool = True) -> dict[str, Purge]:
        """What a process that serves does by itself, so many days after the end."""

        async def not_at_all(_: object) -> list[Written]:
            return [Written("", "done")]

        async def purging() -> dict[str, Purge]:
            async with connect(self.stage.engine_url) as client:
                store = Store(client)
                session = await store.session(SLUG)
                assert session is not None
                later = session.schedule.ends + DAYS * DAY_MS
                store = Store(client, now=lambda: later)
                more = {} if write else {"write": not_at_all}
                purger = Purger(store, client, Seals(client), **more)  # type: ignore[arg-type]
                return await Retention(purger, DAYS).round()

        return asyncio.run(purging())

    def kept_by_the_service(self) -> dict[str, bytes]:
        """The store, every key; and every file of the data folder."""
        with self.stage.store() as store:
            return store_of(store) | files_in(self.stage.folder / "data")

    def pages(self, *, staff: bool = True) -> dict[str, bytes]:
        """What everybody is shown, and what staff are."""
        with self.stage.browser() as reader:
            found = {path: reader.get(path).content for path in PUBLIC}
        if not staff:
            return found
        for form in FORMS:
            exported = self.stage.run("export", SLUG, "--format", form)
            assert self.kept[1] in exported.stdout, exported.stderr
            found[f"export {form}"] = exported.stdout.encode()
        with closing(self.stage.staff("hana")) as hana:
            for name in STAFF:
                found[f"staff {name}"] = hana.get(f"/staff{HERE}/{name}").content
            for name in ("report.json", "history.csv", "history.json"):
                found[f"staff {name}"] = hana.get(f"/staff{HERE}/{name}").content
        return found

    def found(self, places: dict[str, bytes]) -> list[str]:
        """Every mark that should be gone, and where."""
        return sorted(
            f"{mark} in {place}"
            for place, content in places.items()
            for mark in self.gone
            if mark.encode() in content
        )


@contextmanager
def an_evening_over(workers: int = 1) -> Iterator[Over]:
    with staged({"show_waiting": True}, workers=workers) as stage:

        async def playing() -> Marked:
            async with connect(stage.engine_url) as client:
                store = Store(client)
                marked = Marked(store, Backstage(store, client))
                await marked.evening()
                await store.schedule(SLUG, "close", HANA)
                return marked

        over = Over(stage, asyncio.run(playing()))
        with stage.browser() as sam:
            assert over.kept[1] in sam.get(HERE).text
        yield over


def test_what_was_not_published_is_gone_and_the_rest_is_not() -> None:
    with an_evening_over(workers=2) as over:
        assert {mark.split("-")[0] for mark in over.gone if GONE in mark} == {GONE}
        before = over.kept_by_the_service()
        missing = [m for m in over.gone if not any(m.encode() in each for each in before.values())]
        assert missing == [], "never said"
        # Once the log says that the session is over, what was not answered is nobody's to read.
        wait_until(lambda: over.found(over.pages(staff=False)) == [])
        assert list(over.purge()) == [SLUG]
        wait_until(lambda: over.found(over.kept_by_the_service()) == [])
        pages = over.pages()
        assert over.found(pages) == []
        # The name is on the page, and announcements are no part of the transcript.
        shown = [mark for mark in over.kept if "announced" not in mark]
        for place in (f"{HERE}/transcript", f"/cy{HERE}/transcript", HERE):
            standing = [mark for mark in shown if mark.encode() in pages[place]]
            assert set(shown) - set(standing) <= {m for m in shown if "-first-" in m}, place
        assert b'"question": "zkept-edited-z"' in pages[f"{HERE}/transcript.json"].replace(
            b'":"', b'": "'
        )


def test_the_transcript_stays_at_its_address_as_it_was() -> None:
    """After the purge, and after a restart."""

    def without_record(page: str) -> list[str]:
        """What comes with the signed heads and the positions is another matter."""
        page = re.sub(r'"(position|record)":\s*(\{[^}]*\}|\d+),', "", page)
        page = re.sub(r'<p class="[^"]*ask-record">.*?</p>', "", page, flags=re.DOTALL)
        return re.sub(r"(Record|Cofnod): .*", "", page).split()

    with an_evening_over() as over, over.stage.browser() as reader:
        places = [place for place in PUBLIC if "/transcript" in place]
        before = {place: reader.get(place) for place in places}
        over.purge()
        wait_until(lambda: not over.found({"": reader.get(f"{HERE}/transcript").content}))
        for _ in range(2):
            for place in places:
                after = reader.get(place)
                assert after.status_code == before[place].status_code == 200, place
                assert without_record(after.text) == without_record(before[place].text), place
            over.stage.kill()
            over.stage.start()


def test_the_screens_begin_anew() -> None:
    with an_evening_over(workers=2) as over:
        epoch = over.stage.snapshot().epoch
        with over.stage.browser() as reader:
            assert f'data-epoch="{epoch}"' in reader.get(HERE).text
            over.purge()
            new = over.stage.snapshot().epoch
            assert new != epoch
            wait_until(lambda: f'data-epoch="{new}"' in reader.get(HERE).text)
        assert "lost entries" not in over.stage.logged


def test_an_operator_is_told_what_was_erased_and_what_is_left_to_do() -> None:
    with an_evening_over() as over:
        early = over.stage.run("purge", SLUG)
        assert early.returncode == 1
        assert "Give --now to erase it at once" in early.stderr
        assert "Nothing is to be erased" in over.stage.run("purge").stdout
        looked = over.stage.run("purge", SLUG, "--now", "--dry-run")
        assert f"Of {SLUG} would be erased:\n  11 questions that were not answered" in looked.stdout
        assert over.found(over.kept_by_the_service())
        done = over.stage.run("purge", SLUG, "--now")
        assert done.returncode == 0, done.stderr
        for words in (
            f"Of {SLUG} were erased:",
            "  1 question that was taken down",
            "  1 private reply",
            "The store's own files were written anew",
            "Backups from before now still have the words",
        ):
            assert words in done.stdout
        wait_until(lambda: over.found(over.kept_by_the_service()) == [])
        verified = over.stage.run("verify", SLUG)
        assert verified.returncode == 0, verified.stdout
        assert "on schedule, from the command line" in verified.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("purge", "nowhere"), "There is no session called nowhere."),
        (("purge", "--now"), "With --now say which session: askpanel purge SLUG --now."),
        (("purge", SLUG), "has not ended: nothing of it is erased before that."),
        (("purge", SLUG, "--now"), "has not ended: nothing of it is erased before that."),
    ],
)
def test_a_purge_that_cannot_be_is_refused_in_a_sentence(
    running: Stage, words: tuple[str, ...], said: str
) -> None:
    done = running.run(*words)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip().endswith(said)


@pytest.fixture(scope="module")
def running() -> Iterator[Stage]:
    with staged() as stage:
        yield stage


# Controls


def test_without_the_engines_file_written_anew_the_words_are_found() -> None:
    with an_evening_over() as over:
        over.purge(write=False)
        with over.stage.store() as store:
            assert over.found(store_of(store)) == []
        found = over.found(files_in(over.stage.folder / "data"))
        assert found
        assert {Path(each.split(" in ")[1]).suffix for each in found} == {".aof"}


def test_a_surface_that_was_forgotten_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = erasing.left_of_question
    monkeypatch.setattr(
        erasing,
        "left_of_question",
        lambda question, words: msgspec.structs.replace(
            whole(question, words), notes=question.notes
        ),
    )
    with an_evening_over() as over:
        over.purge()
        found = over.found(over.kept_by_the_service())
        assert found
        assert {each.split(" in ")[0] for each in found} == {f"{GONE}-note-z"}
