"""Ending tasks: also one that loses its first cancellation."""

from __future__ import annotations

import asyncio

from askpanel.eventlog.tasks import end


async def test_a_task_that_loses_a_cancellation_is_cancelled_again() -> None:
    lost = 0

    async def careless() -> None:
        nonlocal lost
        while lost < 2:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                lost += 1
        await asyncio.Event().wait()

    task = asyncio.create_task(careless())
    await asyncio.sleep(0)
    await end([task])
    assert lost == 2
    assert task.cancelled()


async def test_tasks_that_have_ended_or_failed_are_no_matter() -> None:
    async def failing() -> None:
        raise ValueError

    task = asyncio.create_task(failing())
    await asyncio.wait([task])
    await end([task])
    await end([])
    assert isinstance(task.exception(), ValueError)
