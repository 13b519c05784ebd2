"""What a failed command says about the engine, as one plain sentence for the operator.

An engine's own words are never repeated: an engine that does not know AUTH answers
"unknown command 'AUTH', with args beginning with:" and then the password.
"""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Iterator

from redis import exceptions

# The first that fits is said, so the narrower error stands before the wider.
ANSWERS: tuple[tuple[type[BaseException], str], ...] = (
    (
        exceptions.NoPermissionError,
        "The engine at {where} does not let this user run INFO; give the user permission.",
    ),
    (
        exceptions.InvalidResponse,
        "What answers at {where} does not speak the Redis protocol; correct ASKPANEL_REDIS_URL.",
    ),
    (
        exceptions.ResponseError,
        "The engine at {where} refused the command INFO; check that it is Redis or Valkey.",
    ),
)
UNREACHABLE: tuple[tuple[type[BaseException], str], ...] = (
    (exceptions.TimeoutError, "it did not answer{tls} in time"),
    (TimeoutError, "it did not answer{tls} in time"),
    (ssl.SSLCertVerificationError, "its certificate cannot be verified"),
    (ssl.SSLError, "it does not speak TLS (use redis:// for an engine without it)"),
    (socket.gaierror, "its name is not known"),
    (ConnectionRefusedError, "nothing listens there"),
    (FileNotFoundError, "there is no such socket"),
    (ConnectionError, "it closed the connection (has it reached its maxclients?)"),
)


def why_unusable(error: BaseException, where: str, *, tls: bool) -> str:
    """One sentence for an error on the way to the answer of INFO, naming the engine `where`.

    `tls` says that the URL asked for it: an engine without it just waits for the rest.
    """
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, exceptions.AuthenticationError):
            return _why_locked_out(str(cause), where)
        for kind, sentence in ANSWERS:
            if isinstance(cause, kind):
                return sentence.format(where=where)
    reason = next(filter(None, map(_why_unreachable, causes)), "it closed the connection")
    reason = reason.format(tls=" over TLS, as rediss:// asks," if tls else "")
    return (
        f"The engine at {where} cannot be reached: {reason}; start it, or correct "
        "ASKPANEL_REDIS_URL."
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    # The library hides the first error under others, and differently for Unix sockets.
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _why_locked_out(answer: str, where: str) -> str:
    if "without any password configured" in answer:
        return (
            f"The engine at {where} has no password, but ASKPANEL_REDIS_URL gives one; set one "
            "in the engine, or take it out of the URL."
        )
    if "required" in answer:
        return f"The engine at {where} needs a password; put it into ASKPANEL_REDIS_URL."
    return f"The engine at {where} does not accept the password in ASKPANEL_REDIS_URL; correct it."


def _why_unreachable(error: BaseException) -> str | None:
    """A few words for a cause that says something, None for one that does not."""
    for kind, words in UNREACHABLE:
        if isinstance(error, kind):
            return words
    if isinstance(error, exceptions.ConnectionError) and "max number of clients" in str(error):
        return "it has reached its maxclients"
    if isinstance(error, OSError):
        return os.strerror(error.errno) if error.errno else "nothing listens there"
    return None
