"""The fields of a posted form, read strictly: nothing is replaced, nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qsl

from starlette.requests import Request

FORM = "application/x-www-form-urlencoded"
MOST_BYTES = 64 * 1024
MOST_FIELDS = 100


class Unreadable(Exception):
    """A form that cannot be read. `status` is 400, 413 or 415; `code` names the reason:
    "malformed", "too_large" or "not_a_form"."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


class Fields(dict[str, str]):
    """A form's fields by name. A name that comes twice has its last value; `every` has all."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._pairs = list(pairs)
        super().__init__(self._pairs)

    def every(self, name: str) -> list[str]:
        """All values of a name, in the order in which they came."""
        return [value for each, value in self._pairs if each == name]


async def read_fields(
    request: Request, most_bytes: int = MOST_BYTES, most_fields: int = MOST_FIELDS
) -> Fields:
    """The fields of a form, or Unreadable.

    Invalid UTF-8 and NUL are refused here, so that neither the store nor a page ever meets them;
    the framework's own reader would put replacement characters in their place.
    """
    kind = request.headers.get("content-type", FORM).split(";")[0].strip().lower()
    if kind != FORM:
        raise Unreadable(415, "not_a_form")
    body = await _body(request, most_bytes)
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, errors="strict", max_num_fields=most_fields
        )
    except ValueError as error:
        raise Unreadable(400, "malformed") from error
    if any("\0" in part for pair in pairs for part in pair):
        raise Unreadable(400, "malformed")
    return Fields(pairs)


async def _body(request: Request, most_bytes: int) -> bytes:
    """The body, given up as soon as it is too long, whatever Content-Length said."""
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > most_bytes:
            raise Unreadable(413, "too_large")
    return bytes(read)
