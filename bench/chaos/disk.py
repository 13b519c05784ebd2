"""The disk under the store's engine: it can be full, and it can lose its power.

The shim (`shim.c`) writes down what the engine has synced. At a power cut the engine is killed
and its folder is brought to what the disk must have kept, by a strict reading of fsync(2):

- of a file, the bytes that it had when it was last synced, or as many more as chance lets through;
- of a folder, the names that it had when it was last synced: a file whose name is younger vanishes
  and one that was renamed or removed since is back. Or, by chance, the names that it has now.

What is overwritten in place is not looked at: the engine only appends, and writes new files.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from random import Random
from tempfile import mkdtemp

import psutil

from tests.engines import PrivateEngine

SOURCE = Path(__file__).with_name("shim.c")
REWRITES = ("--auto-aof-rewrite-min-size", "128kb", "--auto-aof-rewrite-percentage", "50")
"""The engine rewrites its file often, so that disasters fall into that too."""


def shim(folder: Path) -> Path:
    """The shim, compiled into a folder of the run."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    assert compiler, "this needs a C compiler: install the package gcc"
    library = folder / "shim.so"
    flags = ("-O2", "-Wall", "-Wextra", "-shared", "-fPIC")
    subprocess.run([compiler, *flags, "-o", library, SOURCE, "-ldl"], check=True)
    return library


class Worst(Random):
    """Chance at its worst: nothing is on the disk that need not be."""

    def random(self) -> float:
        return 0.0


class Ledger:
    """What has become durable: of each file its size, of each folder its names."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.sizes: dict[int, int] = {}
        self.names: dict[Path, dict[str, int]] = {}

    def read(self) -> None:
        """Take in what the shim has written since; the engine must not be running."""
        text = self._path.read_text() if self._path.exists() else ""
        folder = Path()
        for line in text.splitlines():
            kind, _, rest = line.partition(" ")
            if kind == "D":
                folder = Path(rest)
                self.names[folder] = {}
                continue
            inode, _, last = rest.partition(" ")
            if kind == "E":
                self.names[folder][last] = int(inode)
            else:
                self.sizes[int(inode)] = int(last)
        self._path.unlink(missing_ok=True)

    def begin_anew(self, folders: list[Path]) -> None:
        """All that lies in these folders now is on the disk."""
        self.sizes, self.names = {}, {}
        for folder in folders:
            files = {path.name: path.stat() for path in folder.iterdir() if path.is_file()}
            self.names[folder] = {name: stat.st_ino for name, stat in files.items()}
            self.sizes |= {stat.st_ino: stat.st_size for stat in files.values()}


class MortalEngine(PrivateEngine):
    """An engine on such a disk, in a folder of its own."""

    def __init__(self, *flags: str, port: int = 0) -> None:
        self.home = Path(mkdtemp(prefix="askpanel-chaos-")).resolve()
        self.data = self.home / "data"
        self._limbo, self._full = self.home / "limbo", self.home / "full"
        for each in (self.data, self._limbo):
            each.mkdir()
        super().__init__(self.home, "--dir", str(self.data), *REWRITES, *flags, port=port)
        self._ledger = Ledger(self.home / "ledger")
        self.environment = {
            "LD_PRELOAD": str(shim(self.home)),
            "CHAOS_FOLDER": str(self.data),
            "CHAOS_LEDGER": str(self.home / "ledger"),
            "CHAOS_LIMBO": str(self._limbo),
            "CHAOS_FULL": str(self._full),
        }

    @property
    def runs(self) -> bool:
        """Whether its process is there."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """End it and the children that rewrite its file, all at once."""
        family = [self.process.pid, *self._children()]
        for pid in family:
            try:
                os.kill(pid, 9)
            except ProcessLookupError:
                continue
        self.process.wait()

    def fill_disk(self) -> None:
        """From now on nothing more can be written."""
        self._full.touch()

    def make_room(self) -> None:
        self._full.unlink(missing_ok=True)

    def cut_power(self, chance: Random) -> int:
        """Kill it, and leave in its folder what was on the disk; gives the bytes that were lost."""
        if self.runs:
            self.kill()
        self._ledger.read()
        folders = [self.data, *(path for path in self.data.iterdir() if path.is_dir())]
        present = {path.stat().st_ino: path for path in self._all_files(folders)}
        before = sum(path.stat().st_size for folder in folders for path in _files(folder))
        rescued: list[tuple[Path, Path]] = []
        for folder in folders:
            names = {path.name: path.stat().st_ino for path in _files(folder)}
            if chance.random() < 0.5:
                names = self._ledger.names.get(folder, {})
            for name, inode in names.items():
                copy = self.home / f"rescued-{len(rescued)}"
                shutil.copyfile(present[inode], copy)
                self._shorten(copy, self._ledger.sizes.get(inode, 0), chance)
                rescued.append((copy, folder / name))
        for path in present.values():
            path.unlink()
        for copy, place in rescued:
            copy.rename(place)
        self._ledger.begin_anew(folders)
        return before - sum(place.stat().st_size for _, place in rescued)

    def close(self) -> None:
        """End it and forget everything."""
        if self.runs:
            self.resume()
            self.kill()
        shutil.rmtree(self.home)

    def _all_files(self, folders: list[Path]) -> list[Path]:
        return [path for folder in (self._limbo, *folders) for path in _files(folder)]

    def _children(self) -> list[int]:
        try:
            return [each.pid for each in psutil.Process(self.process.pid).children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    @staticmethod
    def _shorten(file: Path, durable: int, chance: Random) -> None:
        size = file.stat().st_size
        least = min(size, durable)
        os.truncate(file, least if chance.random() < 0.5 else chance.randint(least, size))


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file()]
