"""`askpanel doctor` on a live installation: all is well, and then each fault by itself, with the
sentence that an operator reads."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from askpanel.cli import app
from askpanel.config import Config
from askpanel.doctor import machine, sayings, store, timetable
from askpanel.doctor import visit as visiting
from askpanel.doctor.asking import certificate_ends
from askpanel.doctor.finding import Finding, Level, Notes, as_json, as_text, exit_code
from askpanel.doctor.sight import Disk, Sight
from askpanel.eventlog.engine import connect
from askpanel.eventlog.enginecheckup import Checkup, examine
from askpanel.eventlog.member import Member
from askpanel.eventlog.model import Role
from askpanel.eventlog.staff import Staff
from askpanel.eventlog.store import Store
from askpanel.moderation.playbookfile import packaged
from tests.clusters import start_watched
from tests.engines import PrivateEngine, free_port, start_engine, wait_until
from tests.promises.stage import Stage, live_session, staged
from tests.service import SLUG
from tests.tlsproxy import TlsProxy

Visit = Callable[..., list[Finding]]
ROOMY = Sight(timer=lambda: 0.0, disk=lambda folder: Disk(10**11, 10**12), processors=lambda: 8)
"""A machine with room and time, whatever the one that these tests run on has just now."""
WELL = (Level.OK, Level.NOTE)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tls") / "authority.pem"


@pytest.fixture(scope="module")
def proxy(authority: Path) -> Iterator[TlsProxy]:
    with TlsProxy(0, authority).running() as running:
        yield running


@pytest.fixture(scope="module")
def engine() -> Iterator[PrivateEngine]:
    with start_engine(port=free_port()) as running:
        yield running


@pytest.fixture(scope="module")
def stage(proxy: TlsProxy, engine: PrivateEngine) -> Iterator[Stage]:
    """Behind a proxy that ends TLS, with moderators and a panel that have signed in."""
    with staged(
        engine=engine, BASE_URL=proxy.url, TRUSTED_PROXIES="127.0.0.1", SECRET_KEY="k" * 40
    ) as running:
        proxy.behind = running.port
        sign_in(running, "asha", "morgan")
        yield running


def sign_in(stage: Stage, *usernames: str) -> None:
    """As the sign-in page does once the password was right."""

    async def signing_in() -> None:
        async with connect(stage.engine_url) as client:
            store, staff = Store(client), Staff(client)
            await store.hear_time()
            for username in usernames:
                assert await staff.sign_in(username, 1, store.now())

    asyncio.run(signing_in())


@pytest.fixture
def visit(
    stage: Stage, proxy: TlsProxy, authority: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Visit]:
    """The doctor's visit, as the command makes it, with settings of the stage or others."""
    proxy.fault = ""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))

    def visiting_now(
        readers: int = 100, where: str = "", seen: dict[str, Any] | None = None, **settings: str
    ) -> list[Finding]:
        for name, value in {**stage._settings, **settings}.items():
            monkeypatch.setenv(f"ASKPANEL_{name}", value)
        sight = dataclasses.replace(ROOMY, **(seen or {}))
        return visiting.visit(where or stage.url, readers, sight)

    yield visiting_now
    proxy.fault = ""


def bad(found: list[Finding]) -> list[Finding]:
    return [each for each in found if each.level not in WELL]


def said(found: list[Finding], level: Level, *words: str) -> Finding:
    """A finding that says these words."""
    fits = [each for each in found if all(word in each.says for word in words)]
    assert [each.level for each in fits] == [level], as_text(found)
    return fits[0]


def only(found: list[Finding], level: Level, *words: str) -> Finding:
    """The one finding that is bad; it says these words, why it matters, and how to mend it."""
    assert len(bad(found)) == 1, as_text(found)
    (one,) = bad(found)
    assert one.level is level, one
    for word in words:
        assert word in one.says, one
    assert one.why.endswith(".")
    assert len(one.mend) > 8
    return one


def test_an_installation_that_is_well_gets_nothing_but_ticks(visit: Visit, proxy: TlsProxy) -> None:
    found = visit()
    assert bad(found) == [], as_text(found)
    assert exit_code(found) == 0
    for words in (
        ("answers at http://127.0.0.1",),
        ("Valkey", "answers"),
        ("appendfsync always",),
        ("A write took",),
        ("clock", "agree"),
        ("free",),
        (SLUG, "English and Welsh"),
        (SLUG, "have signed in"),
        (proxy.url, "ready"),
        ("certificate is valid",),
        ("no cookie",),
        ("our own page are let in",),
        ("another site's page are refused",),
        ("The proxy says who asks",),
        ("not for the public",),
    ):
        said(found, Level.OK, *words)
    said(found, Level.NOTE, "dial", "0808 1000 900")


def test_what_it_says_reads_well_and_a_program_can_read_it_too(visit: Visit, stage: Stage) -> None:
    found = visit(readers=10_000_000)
    done = CliRunner().invoke(app, ["doctor", "--app", stage.url, "--readers", "10000000"])
    assert (done.exit_code, done.stderr) == (1, "")
    assert "\n  ✘ A process may have" in done.stdout
    text = as_text(found)
    assert text.startswith("The settings\n  ✔ They can be read.\n")
    assert "  ✘ A process may have" in text
    assert "      Why it matters: " in text
    assert "      To mend it: " in text
    assert text.endswith("\n\n1 fault.")
    read = json.loads(as_json(found))
    assert read["well"] is False
    assert len(read["findings"]) == len(found)
    assert {"area", "level", "says", "why", "mend"} == set(read["findings"][0])
    assert exit_code(found) == 1


# The settings


def test_a_setting_that_cannot_be_used_is_all_that_is_said(visit: Visit) -> None:
    one = only(visit(SECRET_KEY="short"), Level.FAULT, "ASKPANEL_SECRET_KEY")
    assert one.area == "The settings"


def test_weak_persistence_that_is_allowed_is_a_warning(visit: Visit) -> None:
    only(visit(ALLOW_WEAK_PERSISTENCE="yes"), Level.WARNING, "ALLOW_WEAK_PERSISTENCE")


def test_a_base_url_that_is_not_the_service_s_is_found(visit: Visit, stage: Stage) -> None:
    """The service runs with another one, so that its own pages are strangers to it."""
    found = visit(BASE_URL=stage.url, TRUSTED_PROXIES="")
    said(found, Level.WARNING, "without TLS")
    one = said(found, Level.FAULT, "refused as another site's")
    assert "ASKPANEL_BASE_URL" in one.mend


# The service


def test_a_service_that_does_not_run_is_found(visit: Visit) -> None:
    only(visit(where="http://127.0.0.1:1"), Level.FAULT, "Nothing of ours", "nothing listens")


def test_a_proxy_is_not_taken_for_the_service(visit: Visit, proxy: TlsProxy) -> None:
    only(visit(where=proxy.url), Level.FAULT, "is not Askpanel")


def test_a_limit_of_open_files_below_the_readers_is_found(visit: Visit) -> None:
    only(visit(readers=10_000_000), Level.FAULT, "files and connections", "10,000,000")


def test_an_old_version_that_still_runs_is_found(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "__version__", "9.9.9")
    only(visit(), Level.WARNING, "9.9.9 is installed")


def test_more_processes_than_processors_are_found() -> None:
    notes = Notes("x")
    machine._processes(notes, 4, Sight(processors=lambda: 2))
    only([*notes], Level.WARNING, "4 processes on 2 processors")


# The store


@pytest.mark.parametrize(
    ("setting", "value", "before", "words"),
    [
        ("appendonly", "no", "yes", "keeps nothing on disk"),
        ("appendfsync", "everysec", "always", "too rarely (appendfsync everysec)"),
        ("maxmemory-policy", "allkeys-lru", "noeviction", "throw questions away"),
    ],
)
def test_a_store_that_would_forget_is_found(
    visit: Visit, engine: PrivateEngine, setting: str, value: str, before: str, words: str
) -> None:
    with engine.client() as client:
        client.config_set(setting, value)
        try:
            found = visit()
        finally:
            client.config_set(setting, before)
    only(found, Level.FAULT, words)


def test_a_store_that_is_full_is_found(visit: Visit, engine: PrivateEngine) -> None:
    with engine.client() as client:
        client.config_set("maxmemory", 1)
        try:
            found = visit()
        finally:
            client.config_set("maxmemory", 0)
    said(found, Level.FAULT, "takes no writes: its memory is full")
    said(found, Level.WARNING, "of the memory that it may use")


def test_a_store_whose_user_may_not_write_is_found(visit: Visit, engine: PrivateEngine) -> None:
    url = engine.url.replace("//", "//reader:secret-77@")
    with engine.client() as client:
        client.execute_command("ACL", "SETUSER", "reader", "on", ">secret-77", "~*", "+@read",
                               "+info", "+time", "+config|get", "+ping")  # fmt: skip
        found = visit(REDIS_URL=url)
        client.execute_command("ACL", "DELUSER", "reader")
    only(found, Level.FAULT, "takes no writes: its user may not")
    assert "secret-77" not in as_text(found)


def test_a_store_that_is_away_is_found(visit: Visit) -> None:
    found = visit(REDIS_URL="redis://127.0.0.1:1/0")
    only(found, Level.FAULT, "cannot be reached", "nothing listens there")


@pytest.mark.parametrize(("skew", "way"), [(125, "behind"), (-125, "ahead of")])
def test_clocks_that_differ_are_found(visit: Visit, skew: int, way: str) -> None:
    """The certificate is judged by the same clock, and is valid at both times."""
    found = visit(seen={"now": lambda: time.time() + skew})
    only(found, Level.FAULT, f"125 seconds {way} this machine's")


@pytest.mark.parametrize(
    ("free", "level"), [(10**6, Level.FAULT), (2 * 10**9, Level.FAULT), (8 * 10**9, Level.WARNING)]
)
def test_a_disk_that_fills_is_found(visit: Visit, free: int, level: Level) -> None:
    only(visit(seen={"disk": lambda folder: Disk(free, 10**11)}), level, "Its disk has")


def test_a_disk_that_cannot_be_seen_is_said_to_be(visit: Visit) -> None:
    def hidden(folder: Path) -> Disk:
        raise PermissionError

    said(visit(seen={"disk": hidden}), Level.NOTE, "cannot be seen from here")


@pytest.mark.parametrize(
    ("info", "writes", "level", "words"),
    [
        ({"aof_last_write_status": "err"}, [0.001], Level.FAULT, "could not write"),
        ({"aof_last_bgrewrite_status": "err"}, [0.001], Level.FAULT, "could not rewrite"),
        ({}, [0.06] * 3, Level.WARNING, "A write took 60.0 ms"),
        ({}, [0.6] * 3, Level.FAULT, "A write took 600.0 ms"),
    ],
)
def test_a_store_that_limps_is_found(
    engine: PrivateEngine, info: dict[str, str], writes: list[float], level: Level, words: str
) -> None:
    """What a real engine said, with one thing worse."""
    checkup = asyncio.run(examined(engine.url))
    limping = checkup._replace(info={**checkup.info, **info}, writes=writes)
    config = Config(redis_url=engine.url, secret_key="k" * 40)
    only([*store.judge(config, limping, ROOMY)], level, words)


def test_of_several_engines_each_is_looked_at(visit: Visit) -> None:
    with start_watched(copies=1, sentinels=1) as watched:
        primary, replica = watched.nodes
        found = visit(REDIS_URL=watched.url)
        said(found, Level.OK, f"127.0.0.1:{primary.port} answers")
        said(found, Level.OK, "It has 1 replica; 1 must")
        assert [each for each in bad(found) if each.area == store.AREA] == []
        with replica.client() as client:
            client.config_set("appendfsync", "everysec")
        found = visit(REDIS_URL=watched.url)
        said(found, Level.FAULT, f"127.0.0.1:{replica.port}", "too rarely")
        said(found, Level.NOTE, "None is on or to come.")
        replica.kill()
        wait_until(lambda: gone(primary))
        said(visit(REDIS_URL=watched.url), Level.FAULT, "It has 0 of the 1 replicas")


def gone(primary: PrivateEngine) -> bool:
    with primary.client() as client:
        return bool(client.info("replication")["connected_slaves"] == 0)


async def examined(url: str) -> Checkup:
    async with connect(url) as client:
        (found,) = await examine(client)
        assert not await client.exists("askpanel:{doctor}:probe")
        return found


# The sessions


def people(*roles: tuple[Role, str]) -> list[Member]:
    return [
        Member(username=f"u{n}", name="U", role=role, organisation=organisation, password="")
        for n, (role, organisation) in enumerate(roles)
    ]


EVERYBODY = people(
    (Role.MODERATOR, ""), (Role.HOST, ""), (Role.PANELIST, "gmp"), (Role.PANELIST, "lff")
)
NOW = 1_800_000_000_000


@pytest.mark.parametrize(
    ("able", "present", "level", "words"),
    [
        (EVERYBODY[2:], EVERYBODY, Level.FAULT, "Nobody can moderate"),
        (EVERYBODY[1:], EVERYBODY, Level.WARNING, "Only one person"),
        (EVERYBODY[:3], EVERYBODY, Level.FAULT, "nobody can answer for lff"),
        (EVERYBODY, EVERYBODY[2:], Level.FAULT, "no moderator has signed in"),
        (EVERYBODY, EVERYBODY[:2], Level.WARNING, "nobody of the panel has signed in"),
    ],
)
def test_people_who_are_missing_are_found(
    able: list[Member], present: list[Member], level: Level, words: str
) -> None:
    only([*timetable.judge([live_session(NOW)], able, present, NOW)], level, words)


def test_nobody_needs_to_be_there_a_day_before_but_an_hour_before() -> None:
    for minutes, level in ((24 * 60, []), (61, []), (59, [Level.FAULT]), (1, [Level.FAULT])):
        session = live_session(NOW + minutes * 60_000 + 60_000)
        found = [*timetable.judge([session], EVERYBODY, [], NOW)]
        assert [each.level for each in bad(found)] == level, minutes
    assert "starts in 1 minute, and" in as_text(found)


def test_words_that_are_missing_in_welsh_are_found() -> None:
    session = live_session(NOW)
    english = msgspec.structs.replace(session, title={"en": "Only English"})
    one = only([*timetable.judge([english], EVERYBODY, EVERYBODY, NOW)], Level.WARNING, "no Welsh")
    assert one.says == f"{SLUG}: no Welsh for the title."


def test_a_number_that_costs_is_found_in_a_session_that_was_loaded_long_ago() -> None:
    session = live_session(NOW)
    dear = msgspec.structs.replace(session.signposts[0], phone="0908 100 0900")
    spoiled = msgspec.structs.replace(session, signposts=[dear])
    only([*timetable.judge([spoiled], EVERYBODY, EVERYBODY, NOW)], Level.FAULT, "premium-rate")


def test_a_session_that_is_over_is_nobody_s_worry() -> None:
    over = live_session(NOW - 10**9)
    assert [each.level for each in timetable.judge([over], [], [], NOW)] == [Level.NOTE]


# The playbook


def test_a_session_without_an_urgent_signpost_is_found() -> None:
    session = live_session(NOW)
    calm = [msgspec.structs.replace(each, urgent=False) for each in session.signposts]
    found = [*sayings.judge(packaged(), [msgspec.structs.replace(session, signposts=calm)], NOW)]
    only(found, Level.WARNING, "no signpost is urgent")
    assert bad([*sayings.judge(packaged(), [session], NOW)]) == []


def test_texts_that_would_send_people_nowhere_are_named() -> None:
    session = live_session(NOW)
    alone = msgspec.structs.replace(session, signposts=session.signposts[:1])
    for held, named in ((session, False), (alone, True)):
        (note,) = [e for e in sayings.judge(packaged(), [held], NOW) if e.level is Level.NOTE]
        assert "the diversion “A complaint”" in note.says
        assert ("the text “Where to begin”" in note.says) is named
        assert "“Report of a crime”" not in note.says


def test_an_installation_without_a_lead_is_told_what_that_means() -> None:
    for able, told in ((EVERYBODY, True), ([*EVERYBODY, *people((Role.LEAD, ""))], False)):
        found = as_text(timetable.judge([live_session(NOW)], able, able, NOW))
        assert ("Nobody is a lead" in found) is told


# The public address


@pytest.mark.parametrize(
    ("fault", "level", "words"),
    [
        ("silent", Level.FAULT, "does not say who asks"),
        ("sockets", Level.FAULT, "from our own page got 404 instead"),
        ("origin", Level.FAULT, "another site's page was let in"),
        ("cookie", Level.FAULT, "given a cookie"),
        ("headers", Level.FAULT, "cache-control, strict-transport-security"),
        ("gzip", Level.WARNING, "compresses pages"),
        ("metrics", Level.WARNING, "Everybody can read /metrics"),
    ],
)
def test_a_proxy_with_a_fault_is_found(
    visit: Visit, proxy: TlsProxy, fault: str, level: Level, words: str
) -> None:
    proxy.fault = fault
    only(visit(), level, words)


def test_an_address_that_leads_nowhere_is_found(visit: Visit) -> None:
    found = visit(BASE_URL=f"https://localhost:{free_port()}")
    only(found, Level.FAULT, "cannot be reached: nothing listens there")


def test_an_address_of_another_program_is_found(visit: Visit, stage: Stage) -> None:
    found = visit(BASE_URL=f"{stage.url}/".replace(str(stage.port), "1"))
    said(found, Level.FAULT, "cannot be reached")


def test_a_certificate_that_nobody_trusts_is_found(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    only(visit(), Level.FAULT, "its certificate is not one that browsers trust")


@pytest.mark.parametrize(("days", "level"), [(2, Level.FAULT), (10, Level.WARNING)])
def test_a_certificate_that_ends_soon_is_found(
    visit: Visit, proxy: TlsProxy, days: int, level: Level
) -> None:
    ends = certificate_ends(proxy.url)
    found = visit(seen={"now": lambda: ends - days * 86_400 - 60})
    said(found, level, f"valid for another {days} days")


# The command


def test_the_command_on_an_installation_that_nobody_has_prepared(
    authority: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its private store, a proxy that is not trusted, and nobody to moderate."""
    second = TlsProxy(0, tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    with second.running(), staged(staff=(), BASE_URL=second.url) as stage:
        second.behind = stage.port
        done = stage.run("doctor", "--readers", "100", "--app", stage.url, "--json")
    assert (done.returncode, done.stderr) == (1, "")
    found = msgspec.json.decode(done.stdout)["findings"]
    says = [each["says"] for each in found if each["level"] == "fault"]
    assert says == [
        "Nobody can moderate: there is no moderator and no host.",
        f"{SLUG}: nobody can answer for gmp, lff.",
        f"{SLUG} is on, and no moderator has signed in.",
        "A proxy in front is not trusted, so what it says of people is not believed.",
    ]
