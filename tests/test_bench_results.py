"""What we say of speed is what was recorded, and what was recorded is kept as it was."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from bench.rig import drawn, plot, results
from bench.rig.compiler import BENCH
from bench.rig.drawn import NOTHING, Recorded, headline, sizing, stale, written
from bench.rig.results import Measured, entries, newest, record

SVG = "{http://www.w3.org/2000/svg}"
ROOT = Path(__file__).parent.parent


def row(name: str, ratio: float) -> dict[str, Any]:
    """One server of a fan-out, as it is recorded."""
    figures = {"total_us": 6 * ratio, "last_ms": 80.0, "kib_each": 10.5, "readers": 10_000.0}
    return {"name": name, "faults": "", "ratios": [ratio - 0.1, ratio, ratio + 0.1], **figures}


ROWS: dict[str, dict[str, Any]] = {
    "limit": {**row("C", 1.0), "ratios": []},
    "askpanel": row("Askpanel, the whole product", 1.37),
    "askpanel-sockets": row("Askpanel's sockets alone", 1.21),
    "nchan": row("Nchan & nginx", 1.44),
    "channels": row("Django Channels", 61.5),
    "ws": {"name": "Node ws", "faults": "node is not installed"},
}
FIGURES: dict[str, dict[str, Any]] = {
    "fan-out": {"sizes": {"2000": ROWS, "10000": ROWS}},
    "bytes": {"goals": {"cpu": 0.21, "bytes": 0.53, "memory": 1.01}},
    "join storm": {"storms": {"arrive": {"ratio": 1.42, "total_us": 900.0}}},
    "intake": {"askers": {"64": {"per_second": 1234.0, "app_us": 400.0, "store_us": 70.0}}},
    "growth": {"questions": {"10": {}, "10000": {"ratio": 1.03}}, "sessions": {"1": {}}},
    "workers": {
        "readers": 4000,
        "workers": {"1": {"delivery_us": 8.0, "last_ms": 40.0, "per_second": 900.0}, "2": {}},
    },
}


def drawn_of(measured: Measured) -> ET.Element:
    """The plot, parsed."""
    return ET.fromstring(plot.svg(measured))  # noqa: S314


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `bench/` in which every script has recorded something."""
    monkeypatch.setattr(results, "machine", lambda: "2 cores of a small machine; Python 3.11.")
    for title, figures in FIGURES.items():
        record(title, f"The table of {title}.", figures, place=tmp_path)
    return tmp_path


def test_the_newest_entry_stands_on_top_and_nothing_older_is_lost(place: Path) -> None:
    before = entries(place)
    record("bytes", "Another table. **not met**", {"goals": {}}, place=place)
    after = entries(place)
    assert [title for _, title in after] == ["bytes", *(title for _, title in before)]
    text = (place / "RESULTS.md").read_text()
    assert text.index("Another table.") < text.index("The table of workers.")
    assert all(f"The table of {title}." in text for title in FIGURES)
    assert text.count("# Results\n") == 1
    found = newest("bytes", place)
    assert found
    assert found.figures == {"goals": {}}


def test_a_quick_run_is_an_entry_and_no_headline(place: Path) -> None:
    record("bytes", "A quick table.", None, place=place)
    found = newest("bytes", place)
    assert found
    assert found.figures == FIGURES["bytes"]
    assert "A quick table." in (place / "RESULTS.md").read_text()


def test_where_nothing_is_recorded_nothing_is_said(tmp_path: Path) -> None:
    nothing = Recorded(tmp_path)
    assert headline(nothing) == sizing(nothing) == NOTHING


def test_the_readme_has_three_ratios_and_a_plot(place: Path) -> None:
    said = headline(Recorded(place))
    assert re.findall(r"^- \*\*([\d.,]+)", said, re.MULTILINE) == ["1.37", "0.21", "1.42"]
    assert f"({drawn.PLOT})" in said
    assert "Nchan & nginx 1.44" in said


def test_without_a_join_storm_the_intake_is_the_third(place: Path) -> None:
    results.file_of("join storm", place).unlink()
    assert re.findall(r"^- \*\*([\d.,]+)", headline(Recorded(place)), re.MULTILINE) == [
        *("1.37", "0.21", "1,234"),
    ]


def test_the_sizing_table_comes_from_what_was_measured(place: Path) -> None:
    said = sizing(Recorded(place))
    assert "| a delivery to one of 10,000 sockets | 8.2 µs of CPU |" in said
    assert "| 10,000 | 103 MiB | 0.08 s | 9.0 s | 1 |" in said
    assert "| cost of an event with 10,000 questions in the session | 1.03 ×" in said
    assert "| 2 | not measured | not measured | not measured |" in said


def test_the_plot_can_be_read_without_being_seen() -> None:
    measured = Measured("fan-out", "2026-11-22 01:00", "2 cores; Python.", FIGURES["fan-out"])
    image = drawn_of(measured)
    assert image.get("role") == "img"
    title, told = image.findtext(f"{SVG}title"), image.findtext(f"{SVG}desc")
    assert title
    assert told
    assert "10,000 sockets" in title
    assert "Askpanel, the whole product: 1.37 times." in told
    assert "Nchan & nginx: 1.44 times." in told
    assert "Node ws was not measured: node is not installed" in told
    assert {image.find(f"{SVG}{part}") is None for part in ("title", "desc")} == {False}
    assert not re.search(r"<script|<image|href", plot.svg(measured))


def test_the_plot_keeps_every_server_on_the_paper_and_in_its_order() -> None:
    measured = Measured("fan-out", "2026-11-22 01:00", "2 cores; Python.", FIGURES["fan-out"])
    image = drawn_of(measured)
    across = [float(dot.get("cx", "0")) for dot in image.iter(f"{SVG}circle")]
    assert len(across) == 3
    assert across == sorted(across)
    assert plot.LEFT < across[0] < across[-1] < plot.WIDTH - plot.RIGHT / 2


def test_our_documents_say_what_was_recorded() -> None:
    assert [path.name for path, _ in stale(Recorded())] == []


def test_a_number_that_nobody_measured_is_found(place: Path, tmp_path: Path) -> None:
    root, found = tmp_path / "root", Recorded(place)
    (root / "docs").mkdir(parents=True)
    for path, draw in drawn.PARTS.items():
        page = written(f"# A page\n{drawn.BEGIN}\n{drawn.END}\nThe rest.\n", draw(found))
        (root / path).write_text(page)
    assert found.fan_out
    (root / drawn.PLOT).write_text(plot.svg(found.fan_out))
    assert list(stale(found, root)) == []
    for name, better in (("README.md", "**1.17"), (str(drawn.PLOT), ">1.17")):
        page = (root / name).read_text()
        (root / name).write_text(page.replace(f"{better[:-4]}1.37", better))
        assert [at for at, _ in stale(found, root)] == [root / name]
        (root / name).write_text(page)


def test_a_page_without_its_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="marks"):
        written("# No marks here\n", "1.00 ×")


def test_every_figure_that_is_kept_has_its_entry() -> None:
    kept = sorted((BENCH / "results").glob("*.json"))
    told = entries()
    for path in kept:
        found = newest(path.stem.replace("-", " ")) or newest(path.stem)
        assert found, path.name
        assert (found.measured, found.title) in told, path.name


def test_make_bench_runs_every_script_that_measures() -> None:
    found = re.search(r"^BENCHES := (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert found
    assert sorted(found[1].split()) == sorted(path.stem for path in BENCH.glob("*.py"))
