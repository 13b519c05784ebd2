"""What a host does to a running session, and the notices of its phases: on the real engine, against
a table written by hand from the design."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from redis.asyncio import Redis

from askpanel.eventlog.model import Actor, Refused
from askpanel.eventlog.phase import phase
from askpanel.eventlog.projection import Projection, moments
from askpanel.eventlog.rules import SCHEDULE_COMMANDS
from askpanel.eventlog.session import Schedule, Session
from askpanel.eventlog.store import Store
from tests.cast import ASHA, HANA, MINUTE, MORGAN, NOON, SAM, SYSTEM, session
from tests.staffroom import Hands

SLUG = "stop-it-now"
# how a session stands: the commands that it takes
SCHEDULE_TABLE: dict[str, set[str]] = {
    "announced": {"move", "open", "pause", "extend", "close"},
    "early": {"move", "open", "pause", "extend", "close"},
    "live": {"pause", "extend", "close"},
    "last": {"pause", "extend", "close"},
    "closed": set(),
    "paused": {"resume", "extend", "close"},
}
STANDS = {
    "announced": NOON - 7 * 24 * 60 * MINUTE,
    "early": NOON - 30 * MINUTE,
    "live": NOON + 10 * MINUTE,
    "last": NOON + 57 * MINUTE,
    "closed": NOON + 60 * MINUTE,
    "paused": NOON + 10 * MINUTE,
}
DONE = ("moved", "opened", "paused", "resumed", "extended", "closed")
EVENTS = dict(zip(SCHEDULE_COMMANDS, DONE, strict=True))
UNMOVING = ("pause", "resume")
"""Commands that leave the times as they are."""
NEW = (NOON + 120 * MINUTE, NOON + 240 * MINUTE)
"""The times that the session is moved to: two hours later, and twice as long."""
LEADS_TO: dict[str, Callable[[Schedule, int], Schedule]] = {
    "move": lambda s, now: msgspec.structs.replace(
        s,
        # Where questions are taken already, they still are.
        questions_open=s.questions_open + (120 * MINUTE if now < s.questions_open else 0),
        starts=NEW[0],
        last_questions=NEW[1] - 5 * MINUTE,
        ends=NEW[1],
    ),
    "open": lambda s, now: msgspec.structs.replace(
        s, starts=now, questions_open=min(s.questions_open, now)
    ),
    "pause": lambda s, now: msgspec.structs.replace(s, paused=True),
    "resume": lambda s, now: msgspec.structs.replace(s, paused=False),
    "extend": lambda s, now: msgspec.structs.replace(
        s, ends=s.ends + 10 * MINUTE, last_questions=s.last_questions + 10 * MINUTE
    ),
    "close": lambda s, now: Schedule(
        **{name: min(getattr(s, name), now) for name in ("questions_open", "starts")},
        last_questions=min(s.last_questions, now),
        ends=now,
    ),
}


@pytest.fixture
def hands() -> Hands:
    return Hands(NOON)


@pytest.fixture
async def store(client: Redis, prefix: str, hands: Hands) -> Store:
    opened = Store(client, prefix=prefix, now=hands, lease_ms=3 * MINUTE)
    await opened.create(session())
    return opened


def test_the_schedule_table_has_a_row_for_every_phase_and_every_command() -> None:
    assert set().union(*SCHEDULE_TABLE.values()) == set(SCHEDULE_COMMANDS) == set(LEADS_TO)
    for row, moment in STANDS.items():
        assert row in (phase(session().schedule, moment), "paused")


@pytest.mark.parametrize("command", SCHEDULE_COMMANDS)
@pytest.mark.parametrize("stands", SCHEDULE_TABLE)
async def test_every_schedule_command_however_the_session_stands(
    store: Store, hands: Hands, stands: str, command: str
) -> None:
    if stands == "paused":
        await store.schedule(SLUG, "pause", HANA)
    hands.now_ms = STANDS[stands]
    before = await store.snapshot(SLUG)
    if command not in SCHEDULE_TABLE[stands]:
        with pytest.raises(Refused, match="wrong_state"):
            await store.schedule(SLUG, command, HANA, minutes=10, times=NEW)
        assert await store.snapshot(SLUG) == before
        return
    position = await store.schedule(SLUG, command, HANA, minutes=10, times=NEW)
    after = await store.snapshot(SLUG)
    assert after.position == position == before.position + 1
    revised = before.session.schedule.revised if command in UNMOVING else position
    schedule = LEADS_TO[command](before.session.schedule, hands.now_ms)
    expected = msgspec.structs.replace(schedule, revised=revised)
    assert after.session == msgspec.structs.replace(before.session, schedule=expected)
    event = after.entries[0].event
    assert (event.type, event.by, event.at) == (EVENTS[command], "hana", hands.now_ms)
    assert msgspec.convert(event.session, Session) == after.session
    times = [expected.questions_open, expected.starts, expected.last_questions, expected.ends]
    assert times == sorted(times)


@pytest.mark.parametrize("actor", [ASHA, MORGAN, SAM, SYSTEM, Actor()])
async def test_only_a_host_runs_the_session(store: Store, actor: Actor) -> None:
    for command in SCHEDULE_COMMANDS:
        with pytest.raises(Refused, match="wrong_role"):
            await store.schedule(SLUG, command, actor, minutes=10)


@pytest.mark.parametrize(
    ("slug", "command", "minutes", "code"),
    [("no-such", "pause", 0, "unknown_session"), (SLUG, "reopen", 0, "unknown_command"),
     (SLUG, "extend", 0, "missing"), (SLUG, "extend", -5, "missing")],
)  # fmt: skip
async def test_a_schedule_command_that_makes_no_sense_is_refused(
    store: Store, slug: str, command: str, minutes: int, code: str
) -> None:
    with pytest.raises(Refused, match=code):
        await store.schedule(slug, command, HANA, minutes=minutes)


EARLY = STANDS["early"]


@pytest.mark.parametrize(
    "times",
    [(0, 0), (EARLY, NOON), (EARLY - MINUTE, NOON), (NOON, NOON), (NOON, NOON - MINUTE),
     (NOON, NOON + 24 * 60 * MINUTE + 1)],
)  # fmt: skip
async def test_a_session_is_not_moved_to_times_that_make_no_sense(
    store: Store, hands: Hands, times: tuple[int, int]
) -> None:
    hands.now_ms = EARLY
    with pytest.raises(Refused, match="bad_times"):
        await store.schedule(SLUG, "move", HANA, times=times)
    assert (await store.snapshot(SLUG)).session == session()


async def test_a_session_that_is_moved_nearer_opens_its_questions_no_later_than_it_starts(
    store: Store, hands: Hands
) -> None:
    """And no question is refused in more than the whole of a session that became very short."""
    hands.now_ms = EARLY
    near = EARLY + MINUTE
    await store.schedule(SLUG, "move", HANA, times=(near, near + MINUTE))
    moved = (await store.snapshot(SLUG)).session.schedule
    assert moved.questions_open <= EARLY
    assert (moved.starts, moved.last_questions, moved.ends) == (near, near, near + MINUTE)


async def test_a_phase_is_noticed_once_and_only_while_it_holds(store: Store, hands: Hands) -> None:
    for wrong in ("announced", "early", "last", "closed"):
        with pytest.raises(Refused, match="wrong_state"):
            await store.notice_phase(SLUG, wrong)
    assert await store.notice_phase(SLUG, "live") == 2
    with pytest.raises(Refused, match="wrong_state"):
        await store.notice_phase(SLUG, "live")
    hands.now_ms -= MINUTE
    with pytest.raises(Refused, match="wrong_state"):
        await store.notice_phase(SLUG, "early")


async def test_a_notice_by_somebody_who_has_not_heard_of_the_new_schedule_is_refused(
    store: Store, hands: Hands
) -> None:
    """Accepted, it would stand until the end: the true one would seem to go backwards."""
    hands.now_ms = session().schedule.last_questions
    await store.schedule(SLUG, "extend", HANA, minutes=10)
    with pytest.raises(Refused, match="wrong_state"):
        await store.notice_phase(SLUG, "last")
    await store.notice_phase(SLUG, "live")
    hands.now_ms += 10 * MINUTE
    await store.notice_phase(SLUG, "last")


async def test_the_end_by_a_host_needs_no_notice(store: Store, hands: Hands) -> None:
    await store.schedule(SLUG, "close", HANA)
    hands.now_ms += MINUTE
    with pytest.raises(Refused, match="wrong_state"):
        await store.notice_phase(SLUG, "closed")
    snapshot = await store.snapshot(SLUG)
    assert Projection(snapshot).over
    told = {moment.event.type: moment.over for moment in moments(snapshot)}
    assert told == {"scheduled": False, "closed": True}
