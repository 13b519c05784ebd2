"""docs/audit.md: what was judged, by whom, and what they said."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from tools.audit.judges import Judgement

HEAD = """\
# Audit of the pages

What judges that are not ours say of the pages: written by `make audit`, failures included. It
starts the real program on the loopback, with a session in every phase and questions in every
state, and takes every cell of the matrix that [the tests](../tests/browser/live/sheets.py) go
through with axe-core: page × phase × English and Welsh × with and without scripts. The Nu HTML
checker reads also all staff pages and refusals. Nothing leaves the machine.

| Judge | Version | On | Judged | Measure | Found wrong |
|---|---|---|---|---|---|
"""
CONTROLS = """
## Controls

Each was given something bad as well, to see that it would have said so.

| Judge | What was planted | Noticed |
|---|---|---|
"""
PINNED = {
    "Nu HTML checker": "vnu-jar",
    "Lighthouse": "lighthouse",
    "pa11y": "pa11y",
    "MDN HTTP Observatory": "@mdn/mdn-http-observatory",
    "CSP Evaluator": "csp_evaluator",
}


def versions(package: Path) -> dict[str, str]:
    """Judge → version, from the pinned package.json."""
    pinned = json.loads(package.read_text("utf-8"))["dependencies"]
    return {judge: pinned[name] for judge, name in PINNED.items()}


def written(said: Sequence[Judgement], version: dict[str, str]) -> str:
    """The whole document. Who has not judged yet is in it, too."""
    real = {each.judge: each for each in said if not each.planted}
    text = HEAD
    for judge, number in version.items():
        each = real.get(judge)
        cells = (
            (judge, number, each.day, each.judged, each.measure, len(each.wrong))
            if each
            else (judge, number, "not yet", "", "", "")
        )
        text += f"| {' | '.join(str(cell) for cell in cells)} |\n"
    text += CONTROLS
    for each in said:
        if each.planted:
            noticed = "yes" if each.wrong else "**no**"
            text += f"| {each.judge} | {each.planted} | {noticed} |\n"
    for each in real.values():
        text += listed(f"What {each.judge} found wrong", each.wrong)
        text += listed(f"What {each.judge} notes", each.notes)
    return text


def listed(title: str, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    return f"\n## {title}\n\n" + "".join(f"- `{line.replace('`', ' ')}`\n" for line in lines)
