"""The deployment says what the code says: settings, ports, volumes, health checks, and its schema.

No container engine runs here. So the Compose file is held against the Compose specification's own
schema, and against the Dockerfile, the Caddyfile and the program, each comparison with a fault
planted to show that it can fail.
"""

from __future__ import annotations

import ast
import copy
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from askpanel.config import Config

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Deployment:
    """What an operator runs: `compose` is the parsed file, the others are text."""

    compose: dict[str, Any]
    dockerfile: str
    dockerignore: str
    caddyfile: str

    @property
    def app(self) -> dict[str, Any]:
        app: dict[str, Any] = self.compose["services"]["app"]
        return app

    @property
    def redis(self) -> dict[str, Any]:
        redis: dict[str, Any] = self.compose["services"]["redis"]
        return redis

    def instruction(self, name: str) -> str:
        """The last instruction of this name in the Dockerfile, its lines joined; "" if none."""
        joined = self.dockerfile.replace("\\\n", " ")
        found = re.findall(rf"^{name} (.*)$", joined, re.MULTILINE)
        return found[-1] if found else ""


@pytest.fixture
def deployment() -> Deployment:
    return Deployment(
        compose=yaml.safe_load((ROOT / "docker-compose.yml").read_text()),
        dockerfile=(ROOT / "Dockerfile").read_text(),
        dockerignore=(ROOT / ".dockerignore").read_text(),
        caddyfile=(ROOT / "deploy/Caddyfile").read_text(),
    )


def validate(path: Path) -> subprocess.CompletedProcess[str]:
    """Hold a file against the Compose specification's schema, offline."""
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    return subprocess.run([*check, str(path)], capture_output=True, text=True, check=False)


def test_the_file_is_valid_by_the_compose_specification() -> None:
    done = validate(ROOT / "docker-compose.yml")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("read_only: true", "readonly: true"),
        ("restart: unless-stopped", "restart: [unless-stopped]"),
        ("condition: service_healthy", "condition: service_happy"),
        ("interval: 5s", "every: 5s"),
    ],
)
def test_the_schema_catches_a_planted_mistake(tmp_path: Path, right: str, wrong: str) -> None:
    spoilt = tmp_path / "docker-compose.yml"
    spoilt.write_text((ROOT / "docker-compose.yml").read_text().replace(right, wrong, 1))
    assert wrong in spoilt.read_text()
    done = validate(spoilt)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "$.services" in done.stdout


def setting_faults(found: Deployment) -> Iterator[str]:
    """Every variable set is a setting of the program, and what it says fits the rest."""
    environment = found.app["environment"]
    for name in environment:
        if name.removeprefix("ASKPANEL_").lower() not in Config.model_fields:
            yield f"{name} is no setting"
    if not str(environment.get("ASKPANEL_SECRET_KEY", "")).startswith("${ASKPANEL_SECRET_KEY:?"):
        yield "the secret key does not come from .env, or may be empty"
    if environment.get("ASKPANEL_REDIS_URL") != "redis://redis:6379/0":
        yield "the app does not use the redis service"
    if "${PUBLIC_HOST:?" not in str(environment.get("ASKPANEL_BASE_URL")):
        yield "the base URL is not the public host"
    if "${PUBLIC_HOST:?" not in found.compose["services"]["caddy"]["environment"]["PUBLIC_HOST"]:
        yield "Caddy is not told the public host"
    (front,) = found.compose["networks"]["front"]["ipam"]["config"]
    if environment.get("ASKPANEL_TRUSTED_PROXIES") != front["subnet"]:
        yield "the trusted proxies are not the network of the proxy"


def port_faults(found: Deployment) -> Iterator[str]:
    """The app listens, is checked and is reached on one port; only Caddy is published."""
    ports = {
        "EXPOSE": found.instruction("EXPOSE"),
        "CMD": first(r'"--port", "(\d+)"', found.instruction("CMD")),
        "HEALTHCHECK": first(r"127\.0\.0\.1:(\d+)", found.instruction("HEALTHCHECK")),
        "Caddyfile": first(r"reverse_proxy app:(\d+)\b", found.caddyfile),
    }
    if len(set(ports.values())) != 1 or "" in ports.values():
        yield f"the ports differ: {ports}"
    if '"0.0.0.0"' not in found.instruction("CMD"):
        yield "the app listens where Caddy cannot reach it"
    for name, service in found.compose["services"].items():
        if "ports" in service and name != "caddy":
            yield f"{name} is published past Caddy"
    if {"80:80", "443:443"} - set(found.compose["services"]["caddy"].get("ports", [])):
        yield "Caddy is not published on 80 and 443"


def first(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.MULTILINE)
    return found[1] if found else ""


def health_faults(found: Deployment) -> Iterator[str]:
    """Whoever waits for a healthy service waits for one that has a check, of a path that exists."""
    path = first(r"127\.0\.0\.1:\d+(/[\w/]+)", found.instruction("HEALTHCHECK"))
    if path not in strings_of_the_program():
        yield f"the health check asks for {path!r}, which the program does not serve"
    if "ping" not in found.redis.get("healthcheck", {}).get("test", []):
        yield "the health check of redis does not ask it"
    for name, service in found.compose["services"].items():
        for other, wait in service.get("depends_on", {}).items():
            if wait.get("condition") != "service_healthy":
                yield f"{name} does not wait until {other} is healthy"
    if set(found.app.get("depends_on", {})) != {"redis"}:
        yield "the app does not wait for redis"


def strings_of_the_program() -> set[str]:
    """Every string that stands by itself in a module of the package, its routes among them."""
    return {
        node.value
        for source in (ROOT / "askpanel").rglob("*.py")
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def volume_faults(found: Deployment) -> Iterator[str]:
    """Volumes and networks are declared where they are used, and used where they are declared."""
    services = found.compose["services"].values()
    mounts = [mount for service in services for mount in service.get("volumes", [])]
    named = {mount.split(":")[0] for mount in mounts if not mount.startswith(".")}
    if named != set(found.compose["volumes"]):
        yield f"volumes used {sorted(named)}, declared {sorted(found.compose['volumes'])}"
    for mount in mounts:
        if mount.startswith(".") and not (ROOT / mount.split(":")[0]).is_file():
            yield f"{mount.split(':')[0]} does not exist"
    networks = {network for service in services for network in service["networks"]}
    if networks != set(found.compose["networks"]):
        yield f"networks used {sorted(networks)}, declared {sorted(found.compose['networks'])}"
    if "store" in found.compose["services"]["caddy"]["networks"]:
        yield "Caddy can reach the store"
    if found.compose["networks"]["store"] != {"internal": True}:
        yield "the store's network leads outside"


def store_faults(found: Deployment) -> Iterator[str]:
    """An acknowledged question is on the disk, on a volume that outlives the container."""
    command = found.redis["command"]
    options = dict(zip(command[1::2], command[2::2], strict=True))
    if options.get("--appendonly") != "yes" or options.get("--appendfsync") != "always":
        yield "redis does not write every change to the disk at once"
    if f"store:{options.get('--dir')}" not in found.redis.get("volumes", []):
        yield "redis does not keep its data on the volume"


def hardening_faults(found: Deployment) -> Iterator[str]:
    """The app is nobody, may nothing, and writes nowhere; what it is made of is locked."""
    if not re.fullmatch(r"[1-9]\d*(:[1-9]\d*)?", found.instruction("USER")) or "user" in found.app:
        yield "the app is not a numbered nobody"
    if found.app.get("read_only") is not True or found.app.get("tmpfs") != ["/tmp"]:
        yield "the app's file system can be written"
    if "volumes" in found.app:
        yield "the app keeps files"
    if found.app.get("cap_drop") != ["ALL"] or "cap_add" in found.app:
        yield "the app has capabilities"
    for name, service in found.compose["services"].items():
        if "no-new-privileges:true" not in service.get("security_opt", []):
            yield f"{name} may gain privileges"
        if service.get("privileged"):
            yield f"{name} is privileged"
    installs = [line for line in found.dockerfile.splitlines() if "pip install" in line]
    for line in installs:
        if "--require-hashes" not in line and "--no-deps --no-build-isolation" not in line:
            yield f"not locked: {line}"


def copy_faults(found: Deployment) -> Iterator[str]:
    """What the image copies exists and is not ignored."""
    kept = {line[1:] for line in found.dockerignore.splitlines() if line.startswith("!")}
    for line in re.findall(r"^COPY (.*) \S+$", found.dockerfile, re.MULTILINE):
        for source in line.split():
            if source not in kept:
                yield f"{source} is ignored"
            if not (ROOT / source).exists():
                yield f"{source} does not exist"


def quiet_faults(found: Deployment) -> Iterator[str]:
    """Caddy writes down nobody's address."""
    options, _, sites = found.caddyfile.partition("\n}\n")
    if first(r"^\s+include (.*)$", options) != "tls http.acme_client":
        yield "Caddy's log keeps more than what concerns certificates"
    if set(re.findall(r"(\w+) delete", options)) != {"remote", "remote_addr", "user_agent"}:
        yield "Caddy's log keeps the address of whoever probes for certificates"
    if re.search(r"^\s*log\b", sites, re.MULTILINE):
        yield "Caddy keeps an access log"


CHECKS = (
    setting_faults,
    port_faults,
    health_faults,
    volume_faults,
    store_faults,
    hardening_faults,
    copy_faults,
    quiet_faults,
)


def faults(found: Deployment) -> list[str]:
    return [fault for check in CHECKS for fault in check(found)]


def test_the_deployment_agrees_with_the_code(deployment: Deployment) -> None:
    assert faults(deployment) == []


def in_compose(change: Callable[[dict[str, Any]], object]) -> Callable[[Deployment], Deployment]:
    """A planted fault: `change` spoils a copy of the services, networks and volumes."""

    def plant(found: Deployment) -> Deployment:
        compose = copy.deepcopy(found.compose)
        change(compose)
        return replace(found, compose=compose)

    return plant


def in_text(part: str, old: str, new: str) -> Callable[[Deployment], Deployment]:
    """A planted fault: in the Dockerfile or another text, `old` becomes `new`."""

    def plant(found: Deployment) -> Deployment:
        text = getattr(found, part)
        assert old in text
        return replace(found, **{part: text.replace(old, new)})

    return plant


def service(name: str, key: str, value: object) -> Callable[[Deployment], Deployment]:
    return in_compose(lambda compose: compose["services"][name].update({key: value}))


def setting(name: str, value: str) -> Callable[[Deployment], Deployment]:
    return in_compose(
        lambda compose: compose["services"]["app"]["environment"].update({name: value})
    )


@pytest.mark.parametrize(
    ("plant", "caught"),
    [
        (setting("ASKPANEL_QUESTIONS_PER_MINTUE", "6"), "MINTUE is no setting"),
        (setting("ASKPANEL_SECRET_KEY", "hunter2"), "does not come from .env"),
        (setting("ASKPANEL_REDIS_URL", "redis://localhost"), "not use the redis service"),
        (setting("ASKPANEL_BASE_URL", "https://example.org"), "base URL"),
        (setting("ASKPANEL_TRUSTED_PROXIES", "0.0.0.0/0"), "trusted proxies"),
        (service("caddy", "environment", {"PUBLIC_HOST": "x"}), "not told the public host"),
        (in_text("dockerfile", "EXPOSE 8000", "EXPOSE 8080"), "the ports differ"),
        (in_text("dockerfile", '"8000"', '"80"'), "the ports differ"),
        (in_text("dockerfile", "127.0.0.1:8000", "127.0.0.1:80"), "the ports differ"),
        (in_text("caddyfile", "app:8000", "app:8001"), "the ports differ"),
        (in_text("dockerfile", '"0.0.0.0"', '"127.0.0.1"'), "Caddy cannot reach"),
        (service("app", "ports", ["8000:8000"]), "app is published past Caddy"),
        (service("redis", "ports", ["6379:6379"]), "redis is published past Caddy"),
        (service("caddy", "ports", ["443:443"]), "not published on 80 and 443"),
        (in_text("dockerfile", "/health/ready", "/healthz"), "asks for '/healthz'"),
        (service("redis", "healthcheck", {}), "health check of redis"),
        (service("app", "depends_on", {"redis": {"condition": "service_started"}}), "not wait"),
        (service("app", "depends_on", {}), "the app does not wait for redis"),
        (in_compose(lambda compose: compose["volumes"].pop("store")), "volumes used"),
        (in_compose(lambda compose: compose["volumes"].update(more=None)), "volumes used"),
        (service("caddy", "volumes", ["./Caddyfile:/etc/caddy/Caddyfile"]), "does not exist"),
        (in_compose(lambda compose: compose["networks"].update(more=None)), "networks used"),
        (service("caddy", "networks", ["front", "store"]), "Caddy can reach the store"),
        (in_compose(lambda compose: compose["networks"].update(store=None)), "leads outside"),
        (service("redis", "command", ["valkey-server"]), "write every change"),
        (
            service("redis", "command", ["s", "--appendonly", "yes", "--appendfsync", "everysec"]),
            "write every change",
        ),
        (service("redis", "volumes", ["store:/elsewhere"]), "not keep its data on the volume"),
        (in_text("dockerfile", "USER 10001:10001", ""), "not a numbered nobody"),
        (in_text("dockerfile", "USER 10001:10001", "USER 0"), "not a numbered nobody"),
        (service("app", "user", "root"), "not a numbered nobody"),
        (service("app", "read_only", False), "file system can be written"),
        (service("app", "volumes", ["store:/data"]), "the app keeps files"),
        (service("app", "cap_drop", []), "the app has capabilities"),
        (service("app", "cap_add", ["NET_ADMIN"]), "the app has capabilities"),
        (service("redis", "security_opt", []), "redis may gain privileges"),
        (service("app", "privileged", True), "app is privileged"),
        (in_text("dockerfile", "--require-hashes ", ""), "not locked"),
        (in_text("dockerignore", "!requirements.txt\n", ""), "requirements.txt is ignored"),
        (in_text("dockerfile", "README.md", "READYOU.md"), "READYOU.md does not exist"),
        (in_text("caddyfile", "include tls http.acme_client", ""), "concerns certificates"),
        (in_text("caddyfile", "remote_addr delete", ""), "probes for certificates"),
        (in_text("caddyfile", "\treverse_proxy", "\tlog\n\treverse_proxy"), "an access log"),
    ],
)
def test_a_planted_disagreement_is_caught(
    deployment: Deployment, plant: Callable[[Deployment], Deployment], caught: str
) -> None:
    found = faults(plant(deployment))
    assert caught in " ".join(found)
