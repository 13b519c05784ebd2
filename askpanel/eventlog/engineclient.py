"""The client of one engine: every command bounded in time, and none ever sent twice."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import redis.asyncio
from redis import exceptions
from redis.asyncio.connection import (
    AbstractConnection,
    BlockingConnectionPool,
    UnixDomainSocketConnection,
)
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.maint_notifications import MaintNotificationsConfig


class NotSent(exceptions.ConnectionError):
    """There was no connection to send a command on, so it has not happened."""


class _Pool(BlockingConnectionPool):
    """Connections in the order in which they were asked for, and of which it is known, when there
    is none, that nothing was sent."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # The library wakes one who waits when a connection comes back, but whoever asks at that
        # moment takes it first, and the other goes to the end of the line: some waited seconds.
        self._turns = asyncio.Semaphore(options["max_connections"])
        self._having_turns: set[AbstractConnection] = set()

    async def ensure_connection(self, connection: AbstractConnection) -> None:
        """Ready to send on. The library looks for an end of the stream, and not for a reset: each
        connection that was reset while it was idle would cost somebody their command."""
        stream = connection._reader  # noqa: SLF001
        if stream is not None and stream.exception() is not None:
            await connection.disconnect()
        await super().ensure_connection(connection)

    async def get_connection(self, *args: Any, **options: Any) -> AbstractConnection:
        try:
            async with asyncio.timeout(self.timeout):
                await self._turns.acquire()
        except TimeoutError as error:
            raise NotSent("No connection available.") from error
        try:
            found = super().get_connection(*args, **options)  # type: ignore[no-untyped-call]
            connection: AbstractConnection = await found
        except BaseException as error:
            self._turns.release()
            if type(error) in (exceptions.ConnectionError, exceptions.TimeoutError):
                raise NotSent(str(error)) from error
            raise
        self._having_turns.add(connection)
        return connection

    async def release(self, connection: AbstractConnection) -> None:
        """Give a connection back, and the turn with it."""
        try:
            await super().release(connection)
        finally:
            if connection in self._having_turns:
                self._having_turns.remove(connection)
                self._turns.release()


def _told(error: RuntimeError) -> Exception:
    """What a RuntimeError says. To write where the other side has just hung up is one of uvloop's,
    where asyncio has an OSError; every other is a fault of ours."""
    if "the handler is closed" in str(error):
        return exceptions.ConnectionError("The engine closed the connection.")
    return error


class Bounded(redis.asyncio.Redis):
    """A client whose every command ends within its deadline, whatever it waits for.

    Without it the waits add up: for a pooled connection, for the handshake, for the answer.
    A command cut short costs its connection, so no later command reads the stale answer.
    """

    deadline_seconds: float = 3.0

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        try:
            async with asyncio.timeout(self.deadline_seconds):
                answer = super().execute_command(*args, **options)  # type: ignore[no-untyped-call]
                return await answer
        except TimeoutError:
            raise exceptions.TimeoutError("The engine did not answer in time.") from None
        except RuntimeError as error:
            raise _told(error) from None

    async def together(self, *commands: tuple[Any, ...], **options: Any) -> list[Any]:
        """The answers to commands that go to one connection at once, bounded like one command.

        An answer may be a ResponseError. `options` are for reading the last. It is what a
        pipeline does, at half the price: a tail asks so every second, and for every entry.
        """
        try:
            async with asyncio.timeout(self.deadline_seconds):
                line = await self.connection_pool.get_connection()  # type: ignore[no-untyped-call]
                try:
                    answers = await _exchange(line, commands)
                finally:
                    await self.connection_pool.release(line)
        except TimeoutError:
            raise exceptions.TimeoutError("The engine did not answer in time.") from None
        except RuntimeError as error:
            raise _told(error) from None
        last = len(commands) - 1
        return [
            self._understood(command[0], answer, options if number == last else {})
            for number, (command, answer) in enumerate(zip(commands, answers, strict=True))
        ]

    def _understood(self, name: str, answer: Any, options: Mapping[str, Any]) -> Any:
        if isinstance(answer, Exception) or name not in self.response_callbacks:
            return answer
        return self.response_callbacks[name](answer, **options)


async def _exchange(line: AbstractConnection, commands: Sequence[tuple[Any, ...]]) -> list[Any]:
    """What an engine answers to each; a connection that is left in the middle is closed."""
    answers: list[Any] = []
    try:
        await line.send_packed_command(line.pack_commands(commands))
        for _ in commands:
            try:
                answers.append(await line.read_response())
            except exceptions.ResponseError as error:
                answers.append(error)
    except BaseException:
        await line.disconnect(nowait=True)
        raise
    return answers


def client_of(options: Mapping[str, Any], *, timeout_seconds: float, connections: int) -> Bounded:
    """A client of the engine that these keyword arguments of a connection lead to."""
    options = dict(options)
    if options.get("connection_class") is not UnixDomainSocketConnection:
        options["socket_keepalive"] = True
    # Past `connections` commands at once the rest wait their turn instead of failing: the engine
    # runs one command at a time anyway, and answers all that wait with a single fsync.
    pool = _Pool(
        max_connections=connections,
        timeout=timeout_seconds,
        # No timeout of its own for what is sent and read: the library would wait for it inside
        # `asyncio.wait_for`, which on Python 3.11 can lose the cancellation of our deadline
        # (python/cpython#86296), and a command then waited twice its time.
        socket_timeout=None,
        socket_connect_timeout=timeout_seconds,
        # A command that timed out may have happened. Only the caller knows whether it is
        # safe to send it again (a submit with its nonce is), so nothing here ever does.
        retry=Retry(NoBackoff(), 0),
        # RESP2 needs no handshake, so even an engine too old for RESP3 can say its version.
        protocol=2,
        driver_info=None,
        # With these notifications on the pool no longer notices connections that died while
        # idle, and after a restart of the engine one command is lost on each of them.
        maint_notifications_config=MaintNotificationsConfig(enabled=False),
        **options,
    )
    client = Bounded(connection_pool=pool)
    client.auto_close_connection_pool = True  # the pool is this client's alone
    client.deadline_seconds = timeout_seconds
    return client
