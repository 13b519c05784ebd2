"""The engine's address: a URL, checked before anything is dialled.

A URL may hold a password, and a password with a character that means something in a URL
moves the parts around: `redis://user:12#34@host` has host `user` and port `12`. So nothing
of a refused URL is ever repeated, and whatever could be such an accident is refused.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

from redis import exceptions
from redis.asyncio.connection import Connection, parse_url

OPTIONS = {
    "redis": {"db"},
    "rediss": {
        "db",
        "ssl_ca_certs",
        "ssl_certfile",
        "ssl_keyfile",
        "ssl_cert_reqs",
        "ssl_check_hostname",
    },
    "unix": {"db", "username", "password"},
}


class EngineRefused(Exception):
    """No engine, or not one to trust; the text is one plain sentence for the operator."""


def connection_options(url: str) -> dict[str, Any]:
    """The keyword arguments of a connection, `connection_class` among them.

    Raises EngineRefused for anything but a usable `redis://`, `rediss://` or `unix://` URL.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise refused("its host or port is not valid") from None
    _refuse_ambiguous(url.strip(), parts)
    if parts.scheme == "unix":
        _refuse_bad_socket(parts)
    elif not parts.hostname or port == 0:
        raise refused("it needs a host, and a port from 1 to 65535 if it gives one")
    elif not (parts.path.strip("/") or "0").isdigit():
        raise refused("what follows the host must be the number of a database")
    return _dialable(parts.geturl())


def refused(what: str) -> EngineRefused:
    """The sentence for an address that cannot be used, without any of it."""
    return EngineRefused(f"ASKPANEL_REDIS_URL cannot be used: {what}.")


def _refuse_ambiguous(url: str, parts: SplitResult) -> None:
    if parts.scheme not in OPTIONS:
        raise refused(
            "it must begin with redis://, rediss:// or unix://, or, for several engines, with "
            "redis+cluster:// or redis+sentinel://"
        )
    refuse_bare_characters(url, parts.path + parts.query)
    allowed = OPTIONS[parts.scheme]
    if any(name not in allowed for name, _ in parse_qsl(parts.query, keep_blank_values=True)):
        raise refused(f"after the question mark it may only give {', '.join(sorted(allowed))}")


def refuse_bare_characters(url: str, after_host: str) -> None:
    """Refuse a URL whose parts may not be where they seem. Raises EngineRefused."""
    if "@" in after_host or "#" in url or any(map(str.isspace, url)):
        raise refused(
            "a special character in it must be percent-encoded (%40 for @, %23 for #, "
            "%2F for /, %3F for ?, %20 for a space)"
        )


def _refuse_bad_socket(parts: SplitResult) -> None:
    if parts.hostname or len(parts.path) < 2:
        raise refused("a socket needs three slashes and its full path, as in unix:///run/x.sock")


def _dialable(url: str) -> dict[str, Any]:
    try:
        options: dict[str, Any] = dict(parse_url(url))
        # Made only to see it made: the library looks at options when it first dials.
        connection_class = options.get("connection_class", Connection)
        arguments = {name: options[name] for name in options if name != "connection_class"}
        connection = connection_class(**arguments)
        if url.startswith("rediss:"):
            connection.ssl_context.get()
    except (ValueError, TypeError, OSError, exceptions.RedisError):
        raise refused("an option in it has a value that does not work") from None
    return options
