"""The bench's two C programs, compiled where they run."""

from __future__ import annotations

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
    subprocess.run([compiler, *FLAGS, "-o", program, source], check=True)
    return program
