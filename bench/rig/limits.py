"""How much one process may have open."""

from __future__ import annotations

import resource

SPARE_FILES = 500


def allow_files(readers: int) -> None:
    """Let this process and those it starts open a file for every reader."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = readers + SPARE_FILES
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(hard, wanted), max(hard, wanted)))
    except (OSError, ValueError):
        raise SystemExit(f"This needs {wanted} open files a process: ulimit -n.") from None
