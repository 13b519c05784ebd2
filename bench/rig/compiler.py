"""The bench's two C programs, compiled where they run."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent
BUILD = BENCH / ".build"
FLAGS = ("-O2", "-Wall", "-Wextra")


def compiled(name: str) -> Path:
    """The program `name`, made anew when any source beside it is newer. Ends the run, in one
    line, on a machine without a C compiler."""
    source, program = BENCH / name / f"{name}.c", BUILD / name
    newest = max(path.stat().st_mtime for path in source.parent.glob("*.[ch]"))
    if program.exists() and program.stat().st_mtime > newest:
        return program
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise SystemExit("The bench needs a C compiler: install the package gcc.")
    BUILD.mkdir(exist_ok=True)
    zlib = ("-DWITH_ZLIB", "-lz") if has_zlib(compiler) else ()
    subprocess.run([compiler, *FLAGS, "-o", program, source, *zlib], check=True)
    return program


def has_zlib(compiler: str) -> bool:
    """Whether compressed frames can be read here: Debian's zlib1g-dev."""
    probe = [compiler, "-include", "zlib.h", "-E", "-x", "c", os.devnull]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0
