"""Loading a session at the command line: what is taken is refused in words, and not loaded."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.service import EXAMPLES, Service


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    yield made
    made.close()


def test_a_short_address_or_a_slug_that_is_taken_is_told_with_how_to_mend_it(
    service: Service,
) -> None:
    first = EXAMPLES / "north-west-region.toml"
    second = service.folder / "second.toml"
    words = first.read_text("utf-8")
    second.write_text(words.replace('"north-west-region"', '"another"', 1), "utf-8")
    assert service.run("session", "load", str(first)).returncode == 0
    for file, told in (
        (second, 'short: "north-west" is taken: another session has this short address. Choose'),
        (first, 'slug: "north-west-region" is taken: another session has this slug. Choose'),
    ):
        refused = service.run("session", "load", str(file))
        assert refused.returncode != 0
        assert told in refused.stderr
    listed = service.run("session", "list").stdout.splitlines()
    assert [line.partition(":")[0] for line in listed] == ["north-west-region"]
