"""The lock says what is installed: every version, every hash, and nothing of one machine."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUNTIME = PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["build"]
LOCKS = {
    "requirements.txt": RUNTIME,
    "requirements-dev.txt": RUNTIME + PROJECT["project"]["optional-dependencies"]["dev"],
}
PIN = re.compile(
    r"^(?P<name>[a-z0-9.-]+)==(?P<version>\S+)(?: ; [^\\\n]+?)?"
    r"(?P<hashes>(?: \\\n    --hash=\S+)*)$",
    re.MULTILINE,
)


def pins(lock: str) -> dict[str, set[str]]:
    """Canonical name → versions; there are two where Python versions need different ones."""
    found: dict[str, set[str]] = {}
    for pin in PIN.finditer(lock):
        found.setdefault(canonicalize_name(pin["name"]), set()).add(pin["version"])
    return found


def faults(lock: str, wanted: list[str]) -> list[str]:
    """What is wrong with a lock for these requirements, in words."""
    found = []
    for number, line in enumerate(lock.splitlines(), 1):
        if not re.match(r"[a-z0-9]|    --hash=sha256:[0-9a-f]{64}( \\)?$| *#", line):
            found.append(f"line {number} is neither a version nor a hash: {line}")
        if "://" in line or re.search(r"\s/\w", line):
            found.append(f"line {number} names a host or a path: {line}")
    found += [
        f"{pin['name']} has no hash"
        for pin in PIN.finditer(lock)
        if "--hash=sha256:" not in pin["hashes"]
    ]
    locked = pins(lock)
    for requirement in map(Requirement, wanted):
        versions = locked.get(canonicalize_name(requirement.name), set())
        if not versions:
            found.append(f"{requirement.name} is not locked")
        found += [
            f"{requirement.name} is locked at {version}, which is not {requirement.specifier}"
            for version in versions
            if not requirement.specifier.contains(version)
        ]
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_holds_everything_that_the_project_asks_for(name: str) -> None:
    assert faults((ROOT / name).read_text(), LOCKS[name]) == []


def test_both_locks_agree() -> None:
    runtime, dev = (pins((ROOT / name).read_text()) for name in LOCKS)
    assert {name: dev.get(name) for name in runtime} == runtime


@pytest.mark.parametrize(
    ("old", "new", "caught"),
    [
        (r"starlette==", "starless==", "starlette is not locked"),
        (r"\nredis==\d+", "\nredis==4", r"redis is locked at 4\.\S+, which is not >=8"),
        (r"(jinja2==\S+)( \\\n    --hash=\S+)+", r"\1", "jinja2 has no hash"),
        (r"\A", "--index-url https://example.org/simple\n", "names a host"),
        (r"\A", "-e /home/somebody/askpanel\n", "names a host or a path"),
        (r"sha256:\w{8}", "sha256:", "neither a version nor a hash"),
    ],
)
def test_a_planted_fault_is_caught(old: str, new: str, caught: str) -> None:
    lock, count = re.subn(old, new, (ROOT / "requirements.txt").read_text(), count=1)
    assert count == 1
    assert re.search(caught, "\n".join(faults(lock, RUNTIME)))
