"""A whole evening in one session: a question for each thing that can become of one, every text in
it marked, and everything that anybody was shown meanwhile."""

from __future__ import annotations

import json
import threading
from contextlib import ExitStack, closing, suppress
from secrets import token_hex
from typing import Any
from uuid import uuid4

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from tests.promises.line import cookie_of, dial, frames_until, place_of
from tests.promises.stage import Stage
from tests.service import StaffClient

STAFF = (
    ("hana", f"Hana {token_hex(6)}", "host", ""),
    ("asha", f"Asha {token_hex(6)}", "moderator", ""),
    ("morgan", f"Morgan {token_hex(6)}", "panelist", "gmp"),
    ("lucy", f"Lucy {token_hex(6)}", "panelist", "lff"),
)
LANGUAGES = ("", "/cy")
LETTERS = str.maketrans("0123456789", "ghijklmnop")


class Marks(dict[str, str]):
    """A text of its own for each name, that stands nowhere else."""

    def __missing__(self, name: str) -> str:
        # Without digits: what could be a telephone number is not let out.
        self[name] = f"{name} {token_hex(8).translate(LETTERS)}"
        return self[name]

    def named(self, *names: str) -> dict[str, str]:
        """Those, by name; all of them must have been used."""
        return {name: dict(self)[name] for name in names}


class Reader:
    """Somebody's sockets, in both languages, and all that came by them since the beginning."""

    def __init__(self, stage: Stage, slug: str, cookie: str = "") -> None:
        self.heard: list[str] = []
        self._stack = ExitStack()
        epoch = stage.snapshot(slug).epoch
        for language in LANGUAGES:
            path = f"{language}/sessions/{slug}/live?after=0&epoch={epoch}"
            line = self._stack.enter_context(dial(stage, path, cookie=cookie))
            listening = threading.Thread(target=self._listen, args=(line,), daemon=True)
            self._stack.callback(listening.join)
            self._stack.callback(line.close)
            listening.start()

    def _listen(self, line: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            while True:
                self.heard.append(str(line.recv()))

    def up_to(self, position: int) -> bool:
        """Whether every socket has brought everything up to a position."""
        ends = [json.loads(frame).get("position", 0) for frame in self.heard]
        return ends.count(position) >= len(LANGUAGES)

    def leave(self) -> None:
        """Close them, and be sure that nothing more is heard."""
        self._stack.close()


class Evening:
    """One session; see the module. `shown` holds what was shown: to whom, where, and what."""

    def __init__(self, stage: Stage, slug: str) -> None:
        self.stage, self.slug, self.marks = stage, slug, Marks()
        self.position = 0
        self.shown: dict[str, list[tuple[str, str]]] = {"public": [], "alex": [], "sam": []}
        self.people = {name: stage.browser() for name in self.shown}
        self.staff: dict[str, StaffClient] = {}
        self._stack = ExitStack()
        for client in self.people.values():
            self._stack.callback(client.close)
        for username, *_ in STAFF:
            self.staff[username] = self._stack.enter_context(closing(stage.staff(username)))

    def close(self) -> None:
        self._stack.close()

    def ask(self, name: str, who: str = "sam") -> int:
        """A question with that mark; gives its number."""
        nonce = uuid4().hex
        self.marks[f"id of {name}"] = nonce
        answer = self.people[who].post(
            f"/sessions/{self.slug}/questions",
            data={"id": nonce, "text": f"May I ask {self.marks[name]}?"},
            headers={"Accept": "application/json"},
        )
        assert answer.status_code == 201
        self.position = int(answer.json()["position"])
        self.look()
        return int(answer.json()["number"])

    def do(self, who: str, number: int, command: str, **fields: str) -> None:
        """A command of the staff, and then a look at everything."""
        client = self.staff[who]
        answer = client.post(
            f"/staff/sessions/{self.slug}/questions/{number}/{command}",
            data={"csrf": client.csrf, **fields},
            headers={"Accept": "application/json"},
        )
        assert answer.status_code == 200, (command, answer.text)
        self.position = int(answer.json()["position"])
        self.look()

    def respond(self, number: int, helped: str, who: str = "sam") -> None:
        """The reader of a private reply says whether it helped."""
        answer = self.people[who].post(
            f"/sessions/{self.slug}/questions/{number}/respond",
            data={"helped": helped},
            headers={"Accept": "application/json"},
        )
        assert answer.status_code == 200, answer.text
        self.position = int(answer.json()["position"])
        self.look()

    def remark(self, who: str, text: str) -> None:
        """A word to the colleagues."""
        client = self.staff[who]
        answer = client.post(
            f"/staff/sessions/{self.slug}/remarks",
            data={"csrf": client.csrf, "text": text},
            headers={"Accept": "application/json"},
        )
        assert answer.status_code == 200, answer.text
        self.position = int(answer.json()["position"])
        self.look()

    def extend(self) -> int:
        """What everybody's screen shows, so that nothing from before can still be on its way;
        gives its position."""
        client = self.staff["hana"]
        answer = client.post(
            f"/staff/sessions/{self.slug}/schedule/extend",
            data={"csrf": client.csrf, "minutes": "1"},
            headers={"Accept": "application/json"},
        )
        assert answer.status_code == 200, answer.text
        return int(answer.json()["position"])

    def look(self, *, thoroughly: bool = False) -> None:
        """What everybody sees now."""
        here = f"/sessions/{self.slug}"
        # With the position the page waits until it shows what has just been done.
        paths = [f"{here}?position={self.position}", f"{here}/transcript.json"]
        if thoroughly:
            paths += [f"{here}?after=0", "/", f"{here}/transcript", "/nowhere", "/metrics"]
            paths += [f"{here}/transcript.{form}" for form in ("csv", "txt")]
        for who, client in self.people.items():
            for language in LANGUAGES if thoroughly else LANGUAGES[:1]:
                for path in paths:
                    self._note(who, client.get(language + path))
        if thoroughly:
            for number in range(1, 30):
                for what in ("withdraw", "respond"):
                    path = f"{here}/questions/{number}/{what}"
                    answer = self.people["alex"].post(path, data={"helped": "no"})
                    self._note("alex", answer)

    def _note(self, who: str, answer: httpx.Response) -> None:
        said = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        own = self.people[who].cookies
        for value in own.values():
            said = said.replace(value, "")
        self.shown[who].append((f"{answer.request.method} {answer.url.path}", said + answer.text))

    def replay(self) -> list[str]:
        """What somebody hears who comes now and asks for everything since the beginning."""
        page = self.people["public"].get(f"/sessions/{self.slug}").text
        position, epoch = place_of(page)
        found: list[Any] = []
        for language in LANGUAGES:
            path = f"{language}/sessions/{self.slug}/live?after=0&epoch={epoch}"
            with dial(self.stage, path) as line:
                found += frames_until(line, position)
        return [json.dumps(frame, ensure_ascii=False) for frame in found]

    def cookie(self, who: str) -> str:
        return cookie_of(self.people[who])


def found(shown: list[tuple[str, str]], secrets: dict[str, str]) -> list[str]:
    """Which secret was shown where, in words."""
    return sorted(
        {
            f"{name} in {place}"
            for place, text in shown
            for name, secret in secrets.items()
            if secret in text
        }
    )
