"""Ending tasks that talk to the store."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

AGAIN = 0.1


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks and wait until every one of them has ended, however it ends.

    Once is not enough: on Python 3.11 `asyncio.wait_for`, inside which the store's client waits,
    can lose a cancellation (python/cpython#86296), and the task then goes on for ever.
    """
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=AGAIN)
