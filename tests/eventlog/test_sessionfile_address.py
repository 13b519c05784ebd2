"""Web addresses in a session file: https, to a public site, with nothing hidden in them."""

from __future__ import annotations

import pytest

from tests.eventlog.badfile import Row, check, mistakes_after

URL = 'Write it like this: url = "https://www.stopitnow.org.uk"'


def url(written: str, says: str, mend: str = URL) -> Row:
    return Row('"https://www.stopitnow.org.uk"', f'"{written}"', "signposts[0].url", says, mend)


def not_public(written: str) -> Row:
    return url(written, f'"{written}" does not name a public web site.')


CREDENTIALS = "There is a user name or password in this address."
UNTIL_AT = "Take out all between https:// and the @ sign, and the sign."
COPY = "Copy the address from a browser, which writes such characters with %."
ADDRESSES = [
    *(
        url(written, f'"{written}" does not begin with https://.')
        for written in [
            "http://a.org",
            "www.a.org",
            "//a.org",
            "ftp://a.org",
            "javascript:alert(1)",
        ]
    ),
    *map(
        not_public, ["https://", "https:///x", "https:a.org", "https://localhost", "https://a..b"]
    ),
    *map(not_public, ["https://127.0.0.1", "https://[::1]", "https://-a.org", "https://a.org."]),
    not_public("https://" + "a." * 127 + "org")._replace(
        says=f'"https://{"a." * 25}a…" does not name a public web site.'
    ),
    url("https://[::1", '"https://[::1" is not a web address.'),
    url("https://a.org:0", '"https://a.org:0" is not a web address.'),
    url("https://a.org:99999", '"https://a.org:99999" is not a web address.'),
    url("https://sam:secret@a.org", CREDENTIALS, UNTIL_AT),
    url("https://@a.org", CREDENTIALS, UNTIL_AT),
    url(
        "https://a.org/a b",
        'There is a space in "https://a.org/a b".',
        "Take it out, or write it as %20.",
    ),
    url(
        "https://a.org\\n",
        'There is a space in "https://a.org\\u000a".',
        "Take it out, or write it as %20.",
    ),
    url("https://tŷ.cymru", '"ŷ" may not stand in a web address.', COPY),
    url("https://a.org\\\\b", '"\\" may not stand in a web address.', COPY),
    url("https://a.org/<b>", '"<" may not stand in a web address.', COPY),
    url(
        "https://a.org/" + "x" * 487,
        "This has 501 characters, and the most is 500.",
        "Give the page's short address.",
    ),
    url(
        "",
        "This is empty.",
        'Take the line out, or fill it in, like this: url = "https://www.stopitnow.org.uk"',
    ),
]


@pytest.mark.parametrize("row", ADDRESSES, ids=lambda row: row.after[:40])
def test_web_addresses(row: Row) -> None:
    check(row)


@pytest.mark.parametrize(
    "address",
    [
        "https://a.org",
        "HTTPS://A.ORG/",
        "https://a.org:8443/b?c=d&e=%20#f",
        "https://xn--t-uia.cymru",
    ],
)
def test_web_addresses_that_are_good(address: str) -> None:
    assert mistakes_after(("https://www.stopitnow.org.uk", address)) == []
