"""The headline plot: what a delivery costs each server, as a multiple of the C loop's.

A small SVG without scripts or fonts of its own; its description has every number in it.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping
from typing import Any
from xml.sax.saxutils import escape

import msgspec

from bench.rig.results import Measured

WIDTH, LEFT, RIGHT, ROW, TOP, BOTTOM = 760, 268, 96, 26, 74, 58
OURS = "askpanel"
TICKS = (1, 2, 5, 10, 20, 50, 100, 200)
SKIPPED = ("askpanel-life", "askpanel-sockets")
HEADING = "CPU of the server for one delivery to each of"
EXPLAINED = (
    "As a multiple of a C loop with one write(2) a socket, in the same round. "
    "Less is better; the scale is logarithmic."
)
STYLE = """
text { font: 14px system-ui, sans-serif; fill: #0b0c0c }
.value { paint-order: stroke; stroke: #fff; stroke-width: 5px; stroke-linejoin: round }
.title { font-size: 17px; font-weight: 600 }
.small { font-size: 12px; fill: #505a5f }
.ours { font-weight: 700; fill: #1d70b8 }
.grid { stroke: #b1b4b6; stroke-dasharray: 2 4 }
.one { stroke: #0b0c0c }
.dot { fill: #505a5f } .dot.ours { fill: #1d70b8 }
.span { stroke: #505a5f; stroke-width: 3; stroke-linecap: round } .span.ours { stroke: #1d70b8 }
.ground { fill: #fff }
@media (prefers-color-scheme: dark) {
text { fill: #f3f2f1 } .small { fill: #b1b4b6 } .ours, .dot.ours { fill: #6cb2ff }
.grid { stroke: #505a5f } .one { stroke: #f3f2f1 } .dot { fill: #b1b4b6 }
.span { stroke: #b1b4b6 } .span.ours { stroke: #6cb2ff } .ground { fill: #0b0c0c }
.value { stroke: #0b0c0c }
}
"""


class Bar(msgspec.Struct, frozen=True):
    """One server: its ratio in the rounds, of which the median counts."""

    key: str
    name: str
    ratios: list[float]

    @property
    def middle(self) -> float:
        """The median."""
        return float(statistics.median(self.ratios))


def largest(measured: Measured) -> int:
    """The most readers that were measured."""
    return max(int(size) for size in measured.figures["sizes"])


def bars(rows: Mapping[str, Mapping[str, Any]]) -> list[Bar]:
    """The servers that were measured, the cheapest first."""
    found = [
        Bar(key, row["name"], row["ratios"])
        for key, row in rows.items()
        if row.get("ratios") and key not in SKIPPED
    ]
    return sorted(found, key=lambda bar: bar.middle)


def left_out(rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Those that were not, and why."""
    return [
        f"{row['name']} was not measured: {row['faults']}"
        for key, row in rows.items()
        if "ratios" not in row and key not in SKIPPED
    ]


def svg(measured: Measured) -> str:
    """The drawing of a fan-out at its largest size."""
    readers = largest(measured)
    rows = measured.figures["sizes"][str(readers)]
    drawn, missing = bars(rows), left_out(rows)
    most = max([2.0, *(max(bar.ratios) for bar in drawn)])
    height = TOP + ROW * len(drawn) + BOTTOM
    title = f"What one delivery costs: CPU, as a multiple of a C loop's, {readers:,} sockets"
    told = [*(f"{bar.name}: {bar.middle:.2f} times." for bar in drawn), *missing]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"',
        'role="img" aria-labelledby="title desc">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="desc">{escape(" ".join(told))}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="ground" width="{WIDTH}" height="{height}" rx="6"/>',
        f'<text class="title" x="16" y="28">{HEADING} {readers:,} sockets</text>',
        f'<text class="small" x="16" y="48">{EXPLAINED}</text>',
        *_grid(most, height),
        *(part for number, bar in enumerate(drawn) for part in _row(bar, number, most)),
        *_foot(measured, missing, height),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _across(ratio: float, most: float) -> float:
    """Where a ratio stands, in pixels from the left."""
    return LEFT + (WIDTH - LEFT - RIGHT) * math.log(max(ratio, 0.8) / 0.8) / math.log(most / 0.8)


def _grid(most: float, height: int) -> Iterable[str]:
    for tick in TICKS:
        if tick <= most:
            x, kind = _across(tick, most), "one" if tick == 1 else "grid"
            yield (
                f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 8}" '
                f'y2="{height - BOTTOM + 4}"/>'
            )
            yield (
                f'<text class="small" text-anchor="middle" x="{x:.1f}" '
                f'y="{height - BOTTOM + 20}">{tick} ×</text>'
            )


def _row(bar: Bar, number: int, most: float) -> Iterable[str]:
    y, kind = TOP + ROW * number + ROW / 2, " ours" if bar.key == OURS else ""
    low, high = _across(min(bar.ratios), most), _across(max(bar.ratios), most)
    yield f'<text class="{kind.strip()}" text-anchor="end" x="{LEFT - 14}" y="{y + 5}">'
    yield f"{escape(bar.name)}</text>"
    yield f'<line class="span{kind}" x1="{low:.1f}" x2="{high:.1f}" y1="{y}" y2="{y}"/>'
    yield f'<circle class="dot{kind}" cx="{_across(bar.middle, most):.1f}" cy="{y}" r="6"/>'
    yield f'<text class="value{kind}" x="{high + 12:.1f}" y="{y + 5}">{bar.middle:.2f} ×</text>'


def _foot(measured: Measured, missing: list[str], height: int) -> Iterable[str]:
    machine = measured.machine.partition(";")[0]
    words = f"{measured.measured} UTC. {machine}."
    if missing:
        words += f" Not measured: {len(missing)}."
    yield f'<text class="small" x="16" y="{height - 14}">{escape(words)}</text>'
