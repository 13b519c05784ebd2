"""The settings of one installation, from the environment: read once, passed in, never imported
below the composition root."""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from ipaddress import ip_network
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from askpanel.chat import origin
from askpanel.chat.facts import Facts
from askpanel.eventlog.sessionfile.mistake import Refused
from askpanel.moderation import playbookfile
from askpanel.moderation.playbook import Playbook

CONTACT = re.compile(r"[^\s@/:<>\"]+@[^\s@/:<>\"]+\.[^\s@/:<>\"]+|https://[^\s<>\"]+")


class BadSetting(Exception):
    """A setting that cannot be used, in one plain sentence."""


def _data_home() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "askpanel"


class Config(BaseSettings):
    """Every setting, its default, and what it means. Names get `ASKPANEL_` in front."""

    model_config = SettingsConfigDict(env_prefix="ASKPANEL_", frozen=True, extra="ignore")

    redis_url: str = Field(
        "",
        description="The Redis (7 or newer) or Valkey to use, as `redis://`, `rediss://` or "
        "`unix://`; of several engines as `redis+cluster://` or `redis+sentinel://`. Empty: a "
        "private Valkey in the data folder.",
    )
    data_dir: Path = Field(
        default_factory=_data_home,
        description="Where the private Valkey and a generated key are kept. "
        "Default: `askpanel` in your data home (`~/.local/share`).",
    )
    secret_key: str = Field(
        "",
        description="At least 32 characters, kept secret, the same on every node. Empty: "
        "generated once and kept in the data folder.",
    )
    base_url: str = Field(
        "",
        description="The address that people use, such as `https://ask.example.org`. Forms and "
        "sockets from other origins are refused. Empty: this machine's loopback addresses.",
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Networks of the proxies in front, separated by commas; only they are "
        "believed about a client's address and protocol.",
    )
    questions_per_minute: int = Field(
        6,
        ge=1,
        le=1000,
        description="How many questions one participant may send in a minute, to each worker.",
    )
    sockets_per_client: int = Field(
        100,
        ge=1,
        le=100_000,
        description="How many live connections one network address may hold, to each worker.",
    )
    lease_seconds: int = Field(
        180,
        ge=10,
        le=3600,
        description="How long a panelist's claim on a question, or a moderator's lock, lasts "
        "unless they go on working.",
    )
    drain_seconds: int = Field(
        4,
        ge=1,
        le=60,
        description="How long a server that is told to stop may take. Its connections are closed "
        "in the first half, evenly spread, so that not everybody comes back at once.",
    )
    log_format: Literal["text", "json"] = Field(
        "text",
        description="How the log on standard error is written: `text`, or `json`, one object a "
        "line.",
    )
    retention_days: int = Field(
        30,
        ge=1,
        le=3650,
        description="How many days after a session's end everything is erased that was not "
        "published: see [operating.md](operating.md#erasing).",
    )
    contact: str = Field(
        "",
        description="How people reach whoever runs the service, about privacy and accessibility: "
        "an e-mail address, or one that begins with `https://`. Empty: they are sent to the "
        "organisation that invited them.",
    )
    exit_url: str = Field(
        "https://www.bbc.co.uk/weather",
        description="Where “Exit this page” leads: a neutral page.",
    )
    embed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Sites that may show a session in a frame of their pages, such as "
        "`https://www.force.example`, separated by commas. Empty: none may.",
    )
    playbook: str = Field(
        "",
        description="The file with what this installation says: reasons, private replies, "
        "canned answers, watch lists. Empty: the one that comes with the program.",
    )
    allow_weak_persistence: bool = Field(
        False,
        description="Start although the store may lose questions that were confirmed: the last "
        "second of them in a crash, or all, with its append-only file off.",
    )

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, value: Any) -> Any:
        networks = value.split(",") if isinstance(value, str) else value
        networks = tuple(each.strip() for each in networks if each.strip())
        for each in networks:
            if each != "unix":
                ip_network(each, strict=False)
        return networks

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: str) -> str:
        if value and len(value) < 32:
            raise ValueError("it must have at least 32 characters")
        return value

    @field_validator("base_url")
    @classmethod
    def _an_origin(cls, value: str) -> str:
        return origin.of(value) if value else ""

    @field_validator("embed_origins", mode="before")
    @classmethod
    def _framing(cls, value: Any) -> Any:
        given = value.split(",") if isinstance(value, str) else value
        return tuple(dict.fromkeys(origin.framing(each.strip()) for each in given if each.strip()))

    @field_validator("exit_url")
    @classmethod
    def _https(cls, value: str) -> str:
        if not value.startswith("https://"):
            raise ValueError("it must begin with https://")
        return value

    @field_validator("contact")
    @classmethod
    def _reachable(cls, value: str) -> str:
        if value and not CONTACT.fullmatch(value):
            raise ValueError("it must be an e-mail address, or begin with https://")
        return value

    @field_validator("playbook")
    @classmethod
    def _readable(cls, value: str) -> str:
        if value:
            try:
                playbookfile.read(value)
            except Refused as refusal:
                raise ValueError(str(refusal)) from None
        return value

    @property
    def secure(self) -> bool:
        """Whether people come by TLS: cookies are then `__Host-` and `Secure`."""
        return self.base_url.startswith("https://")

    def origins(self, port: int) -> frozenset[str]:
        """The origins whose forms and sockets are ours."""
        if self.base_url:
            return frozenset({self.base_url})
        hosts = ("127.0.0.1", "localhost", "[::1]")
        return frozenset(f"http://{host}:{port}" for host in hosts)

    def facts(self) -> Facts:
        """What the public's pages say about this installation."""
        return Facts(
            questions_per_minute=self.questions_per_minute,
            retention_days=self.retention_days,
            stores_first=not self.allow_weak_persistence,
            proxied=bool(self.trusted_proxies) or self.secure,
            encrypted=self.secure,
            framed_by=self.embed_origins,
            contact=self.contact,
        )

    def said(self) -> Playbook:
        """What this installation says. Its file was found good with the other settings."""
        return playbookfile.read(self.playbook) if self.playbook else playbookfile.packaged()

    def secret(self) -> bytes:
        """The installation's key; generated and kept in the data folder when none is set."""
        if self.secret_key:
            return self.secret_key.encode()
        try:
            return kept_secret(self.data_dir)
        except OSError as error:
            raise BadSetting(
                f"The data folder {self.data_dir} cannot be used ({error.strerror}): set "
                "ASKPANEL_DATA_DIR to a folder of your own, or ASKPANEL_SECRET_KEY."
            ) from error


def kept_secret(folder: Path) -> bytes:
    """The key that is kept in a folder, made at first. Raises OSError."""
    path = folder / "secret-key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with NamedTemporaryFile("w", dir=folder) as made:  # readable by its owner alone
            made.write(secrets.token_urlsafe(48))
            made.flush()
            # Whole or not at all, and the first of two processes wins.
            with suppress(FileExistsError):
                os.link(made.name, path)
    return path.read_bytes().strip()


def load(**given: Any) -> Config:
    """The settings, or BadSetting naming the first that is wrong. `given` wins over the
    environment."""
    try:
        return Config(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = f"ASKPANEL_{first['loc'][0]}".upper() if first["loc"] else "A setting"
        says = first["msg"].removeprefix("Value error, ")
        raise BadSetting(f"{name} cannot be used: {says.removesuffix('.')}.") from error
