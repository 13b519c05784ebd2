"""`make audit` runs what its lock names, and writes down what was found, failures included."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tools.audit import judges
from tools.audit.judges import Judgement
from tools.audit.report import versions, written

FOLDER = Path(__file__).resolve().parent.parent / "tools" / "audit"


def test_every_tool_is_pinned_and_every_file_of_it_has_its_hash() -> None:
    pinned = json.loads((FOLDER / "package.json").read_text("utf-8"))["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in pinned.values()), pinned
    lock = (FOLDER / "package-lock.json").read_text("utf-8")
    packages = json.loads(lock)["packages"]
    own = packages.pop("")
    assert own["dependencies"] == pinned
    assert [name for name, each in packages.items() if "integrity" not in each] == []
    # They come from wherever npm is told to look, and are known by their hashes.
    assert "resolved" not in lock


def test_what_was_found_is_written_down() -> None:
    bad = ["front: a button without a name"]
    said = [
        Judgement("pa11y", "no issue", 2, day="22 November 2026", wrong=bad),
        Judgement("Lighthouse", "accessibility 100", 2, notes=["best practices 96: front"]),
        Judgement("pa11y", "", 1, planted="a box without a name", wrong=bad),
        Judgement("Lighthouse", "", 1, planted="a fault"),
    ]
    text = written(said, {"pa11y": "9.1.1", "Lighthouse": "12.8.2", "Nu HTML checker": "26"})
    assert "| pa11y | 9.1.1 | 22 November 2026 | 2 | no issue | 1 |" in text
    assert "- `front: a button without a name`" in text
    assert "| 2 | accessibility 100 | 0 |" in text
    assert "- `best practices 96: front`" in text
    assert "| pa11y | a box without a name | yes |" in text
    assert "| Lighthouse | a fault | **no** |" in text
    assert "| Nu HTML checker | 26 | not yet |" in text


def test_the_document_is_of_the_tools_that_are_pinned() -> None:
    document = (judges.ROOT / "docs" / "audit.md").read_text("utf-8")
    for judge, version in versions(FOLDER / "package.json").items():
        assert f"| {judge} | {version} |" in document


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ([{"grade": "A+", "score": 125, "failed": []}], 0),
        ([{"grade": "A+", "score": 115, "failed": []}], 1),
        ([{"grade": "B", "score": 75, "failed": ["csp-not-implemented"]}], 1),
        ([{"broken": "no answer over TLS"}], 1),
    ],
)
def test_the_observatory_has_to_say_a_plus_and_enough(
    monkeypatch: pytest.MonkeyPatch, given: list[dict[str, object]], wrong: int
) -> None:
    monkeypatch.setattr(judges, "ask", lambda **asked: {"observatory": given})
    said = judges.observatory({"/": {"port": 1, "path": "/"}}, Path("authority.pem"))
    assert len(said.wrong) == wrong


def test_a_judge_that_breaks_down_finds_everything_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = [{"broken": "no browser"}]
    for name in ("lighthouse", "pa11y", "policies"):
        monkeypatch.setattr(judges, "ask", lambda name=name, **asked: {name: broken})
        said = getattr(judges, name)({"front": "http://127.0.0.1:1/"})
        assert len(said.wrong) == 1, name
