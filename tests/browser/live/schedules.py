"""Sessions in every phase of their life, with something in each list of the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx

from tests.service import EXAMPLES, Participant, Service, StaffClient

EXAMPLE = EXAMPLES / "gmp-lucy-faithfull.toml"


@dataclass(frozen=True)
class Planned:
    """When a session is, in minutes from now, and its phase then."""

    phase: str
    opens: int
    starts: int
    ends: int
    last_minutes: int = 5


PLANS = (
    Planned("announced", opens=2_000, starts=4_000, ends=4_060),
    Planned("early", opens=-2_000, starts=4_000, ends=4_060),
    Planned("live", opens=-30, starts=-30, ends=60),
    Planned("last", opens=-30, starts=-30, ends=30, last_minutes=45),
    Planned("paused", opens=-30, starts=-30, ends=60),
    Planned("closed", opens=-30, starts=-30, ends=60),
)


def slug_of(phase: str) -> str:
    return f"session-{phase}"


def load(service: Service, plan: Planned, **others: str) -> str:
    """Load the Greater Manchester session under another name, at another time, and with other
    settings if need be, each as it stands in the file. Gives its slug."""
    now = datetime.now(UTC).replace(tzinfo=None)

    def at(minutes: int) -> str:
        return (now + timedelta(minutes=minutes)).isoformat(timespec="seconds")

    values = {
        "slug": f'"{slug_of(plan.phase)}"',
        "timezone": '"UTC"',
        "starts": at(plan.starts),
        "ends": at(plan.ends),
        "questions_open": at(plan.opens),
        "last_questions_minutes": str(plan.last_minutes),
        **others,
    }
    text = EXAMPLE.read_text("utf-8")
    for key, value in values.items():
        text, found = re.subn(rf"(?m)^{key} = [^#\n]*", f"{key} = {value}", text, count=1)
        assert found == 1, key
    file = service.folder / f"{slug_of(plan.phase)}.toml"
    file.write_text(text, "utf-8")
    loaded = service.run("session", "load", str(file))
    assert loaded.returncode == 0, loaded.stderr
    return slug_of(plan.phase)


def fill(slug: str, asker: Participant, clerk: Callable[[str], StaffClient]) -> None:
    """Bring a question of the asker's into every state that a screen can show."""
    asha, morgan, lucy = clerk("asha"), clerk("morgan"), clerk("lucy")

    def ask(text: str) -> int:
        asked = asker.ask(text, slug=slug)
        assert asked.status_code == 201, asked.text
        return int(asked.json()["number"])

    def done(reply: httpx.Response) -> None:
        assert reply.status_code == 200, reply.text

    def approved(text: str) -> int:
        number = ask(text)
        done(asha.command(number, "approve", slug=slug))
        return number

    both = approved("Is it against the law if I only looked?")
    done(morgan.command(both, "answer", slug=slug, text="Yes.\n\nTalk to us.", lang="en"))
    done(lucy.command(both, "answer", slug=slug, text="Galwch ni am ddim.", lang="cy"))
    done(lucy.command(both, "correct", slug=slug, answer="2", text="Galwch ni nawr."))
    removed = approved("What about the case in the news?")
    done(morgan.command(removed, "answer", slug=slug, text="No comment.", lang="en"))
    done(asha.command(removed, "remove", slug=slug, reason="live-case"))
    edited = ask("Did Mr Rigby do it?")
    done(asha.command(edited, "approve", slug=slug, text="Did a neighbour do it?"))
    done(morgan.command(approved("Who is on the panel?"), "claim", slug=slug))
    done(asha.command(ask("Number 12, our road?"), "reject", slug=slug, reason="names-a-person"))
    done(asha.command(ask("Only looking?"), "merge", slug=slug, into=str(both)))
    done(asha.command(ask("Ring me?"), "reply", slug=slug, text="Call 0808 1000 900."))
    done(asha.command(ask("I cannot go on."), "escalate", slug=slug, note="At risk."))
    done(asha.command(ask("Legal advice?"), "hold", slug=slug, note="Ask Morgan."))
    withdrawn = ask("Wrong window?")
    asker.post(f"/sessions/{slug}/questions/{withdrawn}/withdraw")
    ask("Which apps are safe for a child of ten?")


def plan_all(service: Service, asker: Participant, clerk: Callable[[str], StaffClient]) -> None:
    """Every phase, and the running sessions filled."""
    for plan in PLANS:
        load(service, plan)
    for phase in ("live", "closed"):
        fill(slug_of(phase), asker, clerk)
    hana = clerk("hana")
    for phase, command in (("paused", "pause"), ("closed", "close")):
        address = f"/staff/sessions/{slug_of(phase)}/schedule/{command}"
        changed = hana.post(address, data={"csrf": hana.csrf}, headers={"Accept": "text/html"})
        assert changed.status_code == 303, changed.text
