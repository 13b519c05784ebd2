"""Whatever a session file holds, it is read or refused in words; nothing else is raised."""

from __future__ import annotations

from datetime import UTC

from hypothesis import given, settings
from hypothesis import strategies as st

from askpanel.eventlog.sessionfile.table import SETTINGS
from tests.eventlog.badfile import GOOD, mistakes_in

KEYS = st.sampled_from(
    sorted(
        SETTINGS
        | {"title", "summary", "organisations", "signposts", "topics", "panel", "id", "name"}
    )
    + sorted({"when", "phone", "url", "urgent", "label", "signpost", "line", "en", "cy", "fr"})
)
SCALARS = st.one_of(
    st.integers().map(str),
    st.booleans().map(lambda flag: str(flag).lower()),
    st.floats().map(str),
    st.datetimes().map(lambda moment: moment.isoformat()),
    st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.isoformat()),
    st.dates().map(lambda day: day.isoformat()),
    st.times().map(lambda moment: moment.isoformat()),
    st.text().map(lambda text: f"'''{text}'''"),
    st.sampled_from(['"en"', '"cy"', '"Europe/London"', '"Europe"', '"../x"', '"a-slug"']),
    st.text("+0123456789 -()", max_size=20).map(lambda digits: f'"{digits}"'),
    st.text("htps:/.@[]%#?0a é", max_size=20).map(lambda text: f'"https://{text}"'),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(KEYS, inner, max_size=4).map(
            lambda table: "{" + ", ".join(f"{k} = {v}" for k, v in table.items()) + "}"
        ),
    ),
    max_leaves=12,
)
HEADINGS = st.one_of(
    st.lists(KEYS, min_size=1, max_size=3).map(lambda keys: f"[{'.'.join(keys)}]"),
    st.lists(KEYS, min_size=1, max_size=2).map(lambda keys: f"[[{'.'.join(keys)}]]"),
)
STATEMENTS = st.one_of(HEADINGS, st.tuples(KEYS, VALUES).map(" = ".join))


def is_read_or_refused(content: bytes) -> None:
    """Nothing but a Session or Refused may come of ``content``, and a refusal says why."""
    last = content.count(b"\n") + 1
    for mistake in mistakes_in(content):
        assert mistake.place
        assert mistake.line is None or 1 <= mistake.line <= last
        assert str(mistake).isprintable()
        assert mistake.says.endswith((".", "…"))


@settings(deadline=None)
@given(st.binary())
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    is_read_or_refused(content)


@settings(deadline=None)
@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    is_read_or_refused(text.encode("utf-8", "replace"))


@settings(deadline=None)
@given(st.lists(STATEMENTS, max_size=12))
def test_any_statements_are_read_or_refused(statements: list[str]) -> None:
    is_read_or_refused("\n".join(statements).encode("utf-8", "replace"))


@settings(deadline=None)
@given(KEYS, VALUES)
def test_any_value_in_place_of_a_good_one_is_read_or_refused(key: str, value: str) -> None:
    lines = [
        f"{key} = {value}" if line.split(" = ")[0] == key else line for line in GOOD.split("\n")
    ]
    is_read_or_refused("\n".join(lines).encode("utf-8", "replace"))


@settings(deadline=None)
@given(st.integers(0, len(GOOD)), st.integers(0, 80), st.text(max_size=8))
def test_a_good_file_with_some_of_it_overwritten_is_read_or_refused(
    start: int, length: int, text: str
) -> None:
    is_read_or_refused((GOOD[:start] + text + GOOD[start + length :]).encode("utf-8", "replace"))
