"""Where the peers are installed: a folder of the bench's own.

Each function installs on its first call and gives what is needed to run; Unavailable says in
one line why a peer cannot be had, and that line stands in the results.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from hashlib import sha256
from pathlib import Path

import msgspec

from bench.rig.compiler import BENCH

PEERS = BENCH / "peers"
HOME = BENCH / ".peers"
LONGEST_INSTALL = 600
NCHAN_MODULE = Path("usr/lib/nginx/modules/ngx_nchan_module.so")


class Unavailable(Exception):
    """This peer cannot be measured here, and why."""


class Nginx(msgspec.Struct, frozen=True):
    """An nginx and its Nchan."""

    program: Path
    module: Path


class Tool(msgspec.Struct, frozen=True):
    """A program, and the environment that it needs."""

    command: list[str]
    environment: dict[str, str]


@cache
def python() -> Path:
    """The Python of the peers' own virtual environment."""
    program = HOME / "venv" / "bin" / "python"
    lock = PEERS / "requirements.txt"
    if not _current(HOME / "venv", lock):
        _run(sys.executable, "-m", "venv", "--clear", str(HOME / "venv"))
        _run(
            *(str(program), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--require-hashes", "--only-binary", ":all:", "-r", str(lock)),
        )
        _stamp(HOME / "venv", lock)
    return program


@cache
def node_modules() -> Path:
    """The folder of the Node peers' packages."""
    folder, lock = HOME / "node", PEERS / "package-lock.json"
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise Unavailable(f"{program} is not installed")
    if not _current(folder, lock):
        folder.mkdir(parents=True, exist_ok=True)
        for file in (lock, PEERS / "package.json"):
            shutil.copy(file, folder)
        _run(
            *("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"),
            *("--prefix", str(folder)),
        )
        _stamp(folder, lock)
    return folder / "node_modules"


@cache
def nginx() -> Nginx:
    """Debian's nginx with Nchan: the installed one, or its packages unpacked here."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program and (Path("/") / NCHAN_MODULE).exists():
        return Nginx(Path(program), Path("/") / NCHAN_MODULE)
    folder = HOME / "nginx"
    unpacked = Nginx(folder / "usr/sbin/nginx", folder / NCHAN_MODULE)
    if not unpacked.module.exists():
        _unpack(folder, "nginx", "libnginx-mod-nchan")
    # Nchan insists on the folder that the package would have made, whatever the settings say.
    try:
        Path("/var/lib/nginx").mkdir(parents=True, exist_ok=True)
    except OSError:
        raise Unavailable("install the package libnginx-mod-nchan, or run as root") from None
    return unpacked


@cache
def store_benchmark() -> Tool:
    """The store's own benchmark tool: the installed one, or Debian's package unpacked here."""
    for name in ("valkey-benchmark", "redis-benchmark"):
        if program := shutil.which(name):
            return Tool([program], dict(os.environ))
    folder = HOME / "redis"
    program = str(folder / "usr/bin/redis-benchmark")
    if not Path(program).exists():
        _unpack(folder, "redis-tools", "liblzf1", "libjemalloc2", "libatomic1")
    libraries = ":".join(str(path) for path in sorted(folder.glob("usr/lib/*-linux-gnu")))
    return Tool([program], {**os.environ, "LD_LIBRARY_PATH": libraries})


@cache
def profiler() -> Path:
    """py-spy, from its wheel, in a virtual environment of its own."""
    lock = BENCH / "rig" / "profiler.txt"
    program = HOME / "profiler" / "bin" / "py-spy"
    if not _current(HOME / "profiler", lock):
        python = HOME / "profiler" / "bin" / "python"
        _run(sys.executable, "-m", "venv", "--clear", str(HOME / "profiler"))
        _run(
            *(str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--require-hashes", "--only-binary", ":all:", "-r", str(lock)),
        )
        _stamp(HOME / "profiler", lock)
    return program


def _unpack(folder: Path, *packages: str) -> None:
    """Debian's packages, in a folder instead of the system."""
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        raise Unavailable(f"{packages[0]} is taken from Debian's packages, and this is not Debian")
    folder.mkdir(parents=True, exist_ok=True)
    fetch = ("apt-get", "download", "-qq", *packages)
    try:
        _run(*fetch, folder=folder)
    except Unavailable:
        _run("apt-get", "update", "-qq")
        _run(*fetch, folder=folder)
    for package in folder.glob("*.deb"):
        _run("dpkg", "-x", str(package), str(folder))


def _current(folder: Path, lock: Path) -> bool:
    stamp = folder / ".lock"
    return stamp.exists() and stamp.read_text() == _digest(lock)


def _stamp(folder: Path, lock: Path) -> None:
    (folder / ".lock").write_text(_digest(lock))


def _digest(lock: Path) -> str:
    return sha256(lock.read_bytes() + sys.version.encode()).hexdigest()


def _run(*command: str, folder: Path | None = None) -> None:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=LONGEST_INSTALL,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{Path(command[0]).name}: {error}") from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        raise Unavailable(f"{Path(command[0]).name} failed: {said[-1][:200]}")
