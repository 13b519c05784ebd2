"""Whole numbers that come from outside: in an address, a query, a field."""

from __future__ import annotations

from starlette.convertors import IntegerConvertor, register_url_convertor

NUMBER = "{number:question}"
"""For a route's path; the endpoint finds an int."""


class NumberConvertor(IntegerConvertor):
    """At most nine digits. Starlette's own takes any number of them, and int() raises for more
    than 4,300, which would be a fault of ours and a line in the log for whoever asks."""

    regex = "[0-9]{1,9}"


register_url_convertor("question", NumberConvertor())


def whole(given: str, digits: int = 15) -> int | None:
    """The number that somebody wrote, or None for anything that is not plain ASCII digits, or
    more of them than any number of ours has."""
    plain = given.isascii() and given.isdecimal() and len(given) <= digits
    return int(given) if plain else None
