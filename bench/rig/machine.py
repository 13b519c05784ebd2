"""The class of machine that was measured on, and the versions of what was measured."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

import msgspec

from askpanel.eventlog.enginebinary import find_server
from bench.rig import places

OURS = ("uvicorn", "uvloop", "starlette", "websockets", "redis")
LOCKED = re.compile(
    r"^(picows|python-socketio|channels|channels-redis|django)==(\S+)", re.MULTILINE
)


def machine() -> str:
    """One line, without a name of the machine."""
    cores = len(os.sched_getaffinity(0))
    kernel = ".".join(platform.release().split(".")[:2])
    words = [
        f"{cores} cores of a machine with {_processor()}, {platform.machine()}, Linux {kernel}",
        f"Python {platform.python_version()}",
        *(f"{name} {version(name)}" for name in OURS),
        _said(str(find_server()), "--version", pattern=r"v=([\d.]+)", name="store"),
        _said("node", "--version", pattern=r"v([\d.]+)", name="Node"),
        _nginx_version(),
    ]
    locked = LOCKED.findall((places.PEERS / "requirements.txt").read_text())
    node = msgspec.json.decode((places.PEERS / "package.json").read_bytes())["dependencies"]
    words += [f"{name} {number}" for name, number in [*locked, *node.items()]]
    return "; ".join(word for word in words if word) + "."


def _processor() -> str:
    """The processor's family, as it names itself."""
    found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1].strip() if found else "an unnamed processor"


def _nginx_version() -> str:
    try:
        program = str(places.nginx().program)
    except places.Unavailable:
        return ""
    return _said(program, "-v", pattern=r"nginx/([\d.]+)", name="nginx")


def _said(*command: str, pattern: str, name: str) -> str:
    if shutil.which(command[0]) is None:
        return ""
    done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    found = re.search(pattern, done.stdout + done.stderr)
    return f"{name} {found[1]}" if found else ""
