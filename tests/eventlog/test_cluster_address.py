"""The addresses of stores of several engines, and what is refused about them."""

from __future__ import annotations

import pytest

from askpanel.eventlog.engine import EngineRefused, connect
from askpanel.eventlog.enginerouted import slot_of
from askpanel.eventlog.engineseveral import several

SECRET = "s3cret-Wort"


def test_a_cluster_is_given_by_some_of_its_nodes() -> None:
    found = several("redis+cluster://asha:a%40b@one:7000,[::1]:7001,three\n")
    assert found is not None
    assert (found.kind, found.copies) == ("cluster", 1)
    assert found.seeds == (("one", 7000), ("::1", 7001), ("three", 6379))
    assert found.options == {"username": "asha", "password": "a@b"}


def test_sentinels_are_given_with_the_name_of_what_they_watch() -> None:
    found = several(
        "rediss+sentinel://:word@one,two:26380/questions?replicas=2&db=3"
        "&sentinel_username=bea&sentinel_password=p%2Fa&ssl_cert_reqs=none"
    )
    assert found is not None
    assert (found.kind, found.service, found.copies) == ("sentinel", "questions", 2)
    assert found.seeds == (("one", 26379), ("two", 26380))
    assert found.account == ("bea", "p/a")
    assert (found.options["db"], found.options["password"]) == (3, "word")
    assert found.options["ssl_cert_reqs"] == "none"


@pytest.mark.parametrize("url", ["redis://host", "unix:///run/x.sock", "http+cluster://host", ""])
def test_the_address_of_one_engine_is_none_of_these(url: str) -> None:
    assert several(url) is None


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("redis+cluster://host:7000/2", "no numbered databases"),
        ("redis+cluster://host:7000?db=2", "no numbered databases"),
        (f"redis+cluster://host:7000/{SECRET}", "no numbered databases"),
        ("redis+cluster://", "needs a host"),
        ("redis+cluster://one:7000,,two", "needs a host"),
        (f"redis+cluster://one:7000,two:{SECRET}", "port"),
        (f"redis+cluster://:12/{SECRET}@host", "percent-encoded"),
        (f"redis+cluster://:12?{SECRET}@host", "percent-encoded"),
        (f"redis+cluster://:12#{SECRET}@host", "percent-encoded"),
        (f"redis+cluster://host?password={SECRET}", "may only give"),
        ("redis+cluster://host?sentinel_username=bea", "may only give"),
        ("redis+cluster://host?replicas=some", "replicas must be a number"),
        ("redis+cluster://host?replicas=-1", "replicas must be a number"),
        ("redis+sentinel://host", "name of their service"),
        ("redis+sentinel://host/questions/1", "name of their service"),
        (f"redis+sentinel://host/q?sentinel_password=a@{SECRET}", "percent-encoded"),
        ("rediss+sentinel://host/q?ssl_ca_certs=/nowhere.pem", "does not work"),
        (f"redis+other://:{SECRET}@host", "must begin with"),
    ],
)
def test_what_cannot_be_used_is_refused_without_repeating_any_of_it(url: str, why: str) -> None:
    with pytest.raises(EngineRefused, match="ASKPANEL_REDIS_URL") as refused:
        connect(url)
    assert why in str(refused.value)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    "command",
    [
        ("HGET", "askpanel:{s}:meta", "epoch"),
        ("SADD", b"askpanel:{s}:x", "y"),
        ("EVALSHA", "0" * 40, 2, "askpanel:{s}:meta", "askpanel:{s}:log", "now"),
        ("XREAD", "COUNT", 500, "BLOCK", 1000, b"STREAMS", "askpanel:{s}:log", "7-0"),
        ("XREAD", "COUNT", 500, "STREAMS", "askpanel:{s}:log", "7-0"),
    ],
)
def test_a_command_is_routed_by_its_key(command: tuple[object, ...]) -> None:
    assert slot_of(command) == slot_of(("GET", "{s}")) != 0


@pytest.mark.parametrize("command", [("PING",), ("TIME",), ("CONFIG GET", "x"), ("EVAL", "1", 0)])
def test_a_command_without_a_key_has_one_place_too(command: tuple[object, ...]) -> None:
    assert slot_of(command) == 0
