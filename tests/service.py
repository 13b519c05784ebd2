"""The whole program as an operator runs it: `askpanel serve` in a process of its own, with its
private engine, on loopback; and a client of it for each of the cast."""

from __future__ import annotations

import os
import re
import signal
import ssl
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx

from askpanel.eventlog.embedded import Embedded
from tests.engines import free_port, wait_until

PROGRAM = (sys.executable, "-c", "from askpanel.cli import main; main()")
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients of the loopback: httpx would read every certificate of the system for each."""
PASSWORD = "a long password for tests"
SLUG = "stop-it-now"
EXAMPLES = Path(__file__).parent.parent / "askpanel" / "examples"
STAFF = (
    ("asha", "Asha", "moderator", ""),
    ("bea", "Bea", "moderator", ""),
    ("morgan", "Morgan", "panelist", "gmp"),
    ("lucy", "Lucy", "panelist", "lff"),
    ("hana", "Hana", "host", ""),
)
CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')
NONCE = re.compile(r'name="id" value="([A-Za-z0-9_-]+)"')


class Service:
    """One installation in a folder of its own. Settings are given as in the environment,
    without their `ASKPANEL_`. `program` is what is run: a control plants a fault there."""

    program: tuple[str, ...] = PROGRAM

    def __init__(self, folder: Path | None = None, **settings: str) -> None:
        self._own_folder = (
            tempfile.TemporaryDirectory(prefix="askpanel-") if folder is None else None
        )
        self.folder = folder or Path(self._own_folder.name if self._own_folder else "")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.socket_url = f"ws://127.0.0.1:{self.port}"
        self.log = self.folder / "serve.log"
        self._settings = {"DATA_DIR": str(self.folder / "data"), **settings}
        self.process: subprocess.Popen[bytes] | None = None
        self._clients: list[httpx.Client] = []

    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("ASKPANEL_")}
        return {**kept, **{f"ASKPANEL_{k}": v for k, v in self._settings.items()}}

    def start(self, *, workers: int = 1) -> None:
        """Serve, and return when it is ready."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.program, "serve", "--port", str(self.port), "--workers", str(workers)],
                env=self.environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(self._ready)

    def kill(self) -> None:
        """End the program (not its engine) as kill -9 does: all its processes at once."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def stop(self) -> None:
        """Stop it as an operator does."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=30)
            self.process = None

    def close(self) -> None:
        """Stop it, and the engine that a kill may have left behind."""
        for client in self._clients:
            client.close()
        self.stop()
        if "REDIS_URL" not in self._settings:
            with Embedded(self.folder / "data"):
                pass
        if self._own_folder:
            self._own_folder.cleanup()

    def run(self, *args: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """One command of the command line."""
        return subprocess.run(
            [*self.program, *args],
            env=self.environment(),
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def prepare(self, file: str = "gmp-lucy-faithfull.toml") -> None:
        """Load a session starting now, and add the staff."""
        loaded = self.run("session", "load", str(EXAMPLES / file), "--starts", "now")
        assert loaded.returncode == 0, loaded.stderr
        for each in STAFF:
            self.add_staff(*each)

    def add_staff(self, username: str, name: str, role: str, organisation: str = "") -> None:
        """One more of the staff; an organisation is for panelists alone."""
        body = ("--organisation", organisation) if organisation else ()
        added = self.run(
            *("staff", "add", username, "--name", name, "--role", role),
            *("--password-stdin", *body),
            given=PASSWORD + "\n",
        )
        assert added.returncode == 0, added.stderr

    def staff(self, username: str) -> StaffClient:
        """A client that has signed in."""
        client = StaffClient(self.url)
        self._clients.append(client)
        client.sign_in(username)
        return client

    def participant(self) -> Participant:
        """A client of somebody who may ask."""
        client = Participant(self.url)
        self._clients.append(client)
        return client

    def _ready(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise AssertionError(self.log.read_text())
        try:
            return (
                httpx.get(f"{self.url}/health/ready", timeout=2, verify=NO_TLS).status_code == 200
            )
        except httpx.TransportError:
            return False


class Participant(httpx.Client):
    """A member of the public with a browser's habits: cookies and an Origin."""

    def __init__(self, url: str) -> None:
        super().__init__(base_url=url, headers={"Origin": url}, timeout=15, verify=NO_TLS)

    def page(self, path: str = f"/sessions/{SLUG}") -> str:
        return self.get(path).text

    def ask(
        self, text: str, *, nonce: str = "", slug: str = SLUG, json: bool = True
    ) -> httpx.Response:
        """Send a question as the form does."""
        nonce = nonce or NONCE.findall(self.page(f"/sessions/{slug}"))[0]
        headers = {"Accept": "application/json"} if json else {}
        return self.post(
            f"/sessions/{slug}/questions", data={"text": text, "id": nonce}, headers=headers
        )


class StaffClient(httpx.Client):
    """A member of staff with a browser's habits."""

    def __init__(self, url: str) -> None:
        super().__init__(base_url=url, headers={"Origin": url}, timeout=15, verify=NO_TLS)
        self.csrf = ""

    def sign_in(self, username: str, password: str = PASSWORD) -> httpx.Response:
        response = self.post("/staff/sign-in", data={"username": username, "password": password})
        if response.status_code == 303:
            self.csrf = CSRF.findall(self.get("/staff").text)[0]
        return response

    def command(
        self, number: int, command: str, *, slug: str = SLUG, json: bool = True, **fields: str
    ) -> httpx.Response:
        """One command on one question, as its form gives it."""
        return self.post(
            f"/staff/sessions/{slug}/questions/{number}/{command}",
            data={"csrf": self.csrf, **fields},
            headers={"Accept": "application/json"} if json else {},
        )
