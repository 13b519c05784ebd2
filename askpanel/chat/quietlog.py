"""Logs that cannot name anyone: no address, no path, no text that a person sent.

The server underneath logs client addresses, paths and the values of exceptions by default, and
an exception's value is often somebody's words (`invalid literal for int(): '…'`). So of an
exception only its type and the places it passed through are written, and of a message nothing
that reads as an IP address, the operator's own included.
"""

from __future__ import annotations

import copy
import json
import logging
import re
import sys
import traceback
from asyncio import CancelledError
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any, TextIO

from starlette.requests import ClientDisconnect
from starlette.websockets import WebSocketDisconnect
from uvicorn.protocols.utils import ClientDisconnected

DEPARTURES = (ClientDisconnect, ClientDisconnected, WebSocketDisconnect, CancelledError)
"""Exceptions that mean that the peer, or the server, left. No fault, so no line: whoever opens
and drops connections all day must not be able to fill a disk."""

QUAD = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?!\d)(?::\d+)?")
GROUPS = re.compile(r"(?<!\w)[0-9A-Fa-f]*:[0-9A-Fa-f:]*:[0-9A-Fa-f]*")


def places(exc: BaseException) -> str:
    """An exception as `type`, then `file:line function` for each frame, then what caused it."""
    return "\n".join(_lines(exc, set()))


def _lines(exc: BaseException, seen: set[int]) -> Iterator[str]:
    if id(exc) in seen:
        return
    seen.add(id(exc))
    yield f"{type(exc).__module__}.{type(exc).__qualname__}"
    for place, line in traceback.walk_tb(exc.__traceback__):
        yield f"  {place.f_code.co_filename}:{line} {place.f_code.co_qualname}"
    if isinstance(exc, BaseExceptionGroup):
        for one in exc.exceptions:
            yield "one of which was"
            yield from _lines(one, seen)
    cause = exc.__cause__ or (None if exc.__suppress_context__ else exc.__context__)
    if cause is not None and id(cause) not in seen:
        yield "raised because of"
        yield from _lines(cause, seen)


def without_addresses(text: str) -> str:
    """The text with every IPv4 address (and its port) and IPv6 address struck out."""
    return GROUPS.sub(_struck, QUAD.sub("[address]", text))


def _struck(found: re.Match[str]) -> str:
    """`12:30:45` stays; `2001:db8::1` goes, and so does the colon of `2001:db8::1: refused`."""
    text = found[0]
    return "[address]" if _is_address(text) or _is_address(text[:-1]) else text


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


class QuietLogger(logging.Logger):
    """For the protocol classes in place of uvicorn's and websockets': warnings and errors only,
    whatever levels somebody sets, and scrubbed before any handler sees them."""

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802 — logging's name
        """Never below warning: everything that names a client is below it."""
        return level >= logging.WARNING and super().isEnabledFor(level)

    def handle(self, record: logging.LogRecord) -> None:
        """Drop departures; replace an exception by its places."""
        exc = record.exc_info[1] if record.exc_info else None
        if isinstance(exc, DEPARTURES):
            return
        if exc is not None:
            record.exc_text, record.exc_info = places(exc), None
        super().handle(record)


class QuietFormatter(logging.Formatter):
    """Time, level, logger and message, then the places of an exception, whoever logs it."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 — logging's name
        """The line, with no address in the message."""
        record.message = said(record)
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        """Never the traceback that another handler may have left on the record."""
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = places(record.exc_info[1])
        return super().format(record)


class JsonFormatter(logging.Formatter):
    """One JSON object a line, for whatever collects logs, with as little in it as the text."""

    def format(self, record: logging.LogRecord) -> str:
        """`time` (RFC 3339, UTC), `level`, `logger`, `event`, `message`; of a session its
        `session`, of an exception its `fault`: type and places, a line each."""
        record.message = record.getMessage()
        exc = record.exc_info[1] if record.exc_info else None
        fault = places(exc) if exc is not None else record.exc_text
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": event(record),
            "message": said(record),
        }
        session = getattr(record, "session", "")
        further = {"session": session, "fault": fault.split("\n") if fault else []}
        return json.dumps(line | {k: v for k, v in further.items() if v}, ensure_ascii=False)


def said(record: logging.LogRecord) -> str:
    """A record's message as it may be written down."""
    message = record.message
    if record.name == "asyncio":
        # What follows is the repr of futures, callbacks and sockets, values included.
        message = re.split(r"[(<\n]", message, maxsplit=1)[0].rstrip()
    return without_addresses(message)


def event(record: logging.LogRecord) -> str:
    """The event's name, for an alert to look for: what our own lines give as `event`."""
    own = record.name == "askpanel" or record.name.startswith("askpanel.")
    return str(getattr(record, "event", "fault" if own else "library"))


class CurrentStderr(logging.StreamHandler[TextIO]):
    """Writes to what is standard error now, not to what it was when logging was set up."""

    def emit(self, record: logging.LogRecord) -> None:
        """Look it up again for each line."""
        self.stream = sys.stderr
        super().emit(record)


def _quiet(name: str) -> QuietLogger:
    """A logger under `askpanel` that logging itself does not hand out, so that no
    configuration file can swap it for a chatty one."""
    logger = QuietLogger(name, logging.WARNING)
    logger.parent = logging.getLogger("askpanel")
    return logger


wire_logger = _quiet("askpanel.wire")

LOG_CONFIG: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"quiet": {"()": QuietFormatter}},  # see `log_config`
    "handlers": {"stderr": {"()": CurrentStderr, "formatter": "quiet"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "askpanel": {"level": "INFO"},
        "uvicorn": {"level": "WARNING", "handlers": [], "propagate": True},
        "uvicorn.error": {"level": "WARNING"},
        "uvicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
        "uvicorn.asgi": {"level": "WARNING"},
        "websockets": {"level": "WARNING"},
    },
}
"""For `logging.config.dictConfig`: warnings of everything, and from information on our own."""

FORMATS = {"text": QuietFormatter, "json": JsonFormatter}


def log_config(form: str = "text") -> dict[str, Any]:
    """The configuration for lines of this form. Raises KeyError for one that does not exist."""
    config = copy.deepcopy(LOG_CONFIG)
    config["formatters"]["quiet"]["()"] = FORMATS[form]
    return config
