"""What those say who judge pages for the whole world: each finding in one line of text."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.browser.conftest import CHROMIUM
from tools.audit.pages import Document

ROOT = Path(__file__).resolve().parent.parent.parent
TOOLS = ROOT / ".audit"
VNU = TOOLS / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
SERIOUS = ("HIGH ", "MEDIUM ", "SYNTAX ", "undefined ")
"""Findings of the CSP Evaluator that count; those that end in MAYBE and INFO are advice."""
LEAST = 120
"""The Observatory's score that P20 promises."""


@dataclass
class Judgement:
    """What one judge said on one day: over how many, what is wrong, and what is worth knowing
    beside it. `planted` names the fault that it was given to see whether it would notice."""

    judge: str
    measure: str
    judged: int
    planted: str = ""
    day: str = ""
    wrong: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def nu(documents: Iterable[Document]) -> Judgement:
    """The Nu HTML checker: no error on any page. Its warnings are noted."""
    said = Judgement("Nu HTML checker", "no error", 0)
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for number, document in enumerate(documents):
            file = Path(folder) / f"{number}.html"
            file.write_text(document.html, "utf-8")
            names[file.name] = document.name
        said.judged = len(names)
        command = ["java", "-jar", str(VNU), "--format", "json", "--stdout", folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    messages = json.loads(done.stdout)["messages"] if done.stdout else [{"message": done.stderr}]
    noted: Counter[str] = Counter()
    errors: dict[str, list[str]] = {}
    for each in messages:
        place = names.get(Path(each.get("url", "")).name, "")
        line = f"{place}: {each.get('extract', '').strip()[:120]}"
        if each.get("type", "error") == "info":
            noted[each["message"]] += 1
        else:
            errors.setdefault(each["message"], []).append(" ".join(line.split()))
    for words, places in errors.items():
        said.wrong.append(f"{words} {len(places)} times, first at {places[0]}")
    said.notes += [f"{words} ({times} times)" for words, times in noted.most_common()]
    return said


def ask(**asked: Any) -> dict[str, list[dict[str, Any]]]:
    """Ask the judges that are written in JavaScript. See judge.mjs for what is asked and said."""
    authority = asked.pop("authority", None)
    environment = {**os.environ, **({"NODE_EXTRA_CA_CERTS": str(authority)} if authority else {})}
    done = subprocess.run(
        ["node", str(Path(__file__).with_name("judge.mjs")), str(TOOLS)],
        input=json.dumps({"chromium": CHROMIUM, **asked}),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"The judges written in JavaScript broke down:\n{done.stderr[-2000:]}")
    found: dict[str, list[dict[str, Any]]] = json.loads(done.stdout)
    return found


def lighthouse(addresses: dict[str, str]) -> Judgement:
    """Accessibility 100 on each; best practices are noted."""
    found = ask(lighthouse=list(addresses.values()))["lighthouse"]
    said = Judgement("Lighthouse", "accessibility 100", len(found))
    for name, each in zip(addresses, found, strict=True):
        if each.get("accessibility") != 100:
            said.wrong.append(f"{name}: {each}")
        elif each["practices"] != 100:
            said.notes.append(f"best practices {each['practices']}: {name}: {each['failed']}")
    return said


def pa11y(addresses: dict[str, str]) -> Judgement:
    """HTML CodeSniffer by pa11y, WCAG 2 AA: no issue."""
    found = ask(pa11y=list(addresses.values()))["pa11y"]
    said = Judgement("pa11y", "no issue (WCAG 2 AA)", len(found))
    for name, each in zip(addresses, found, strict=True):
        said.wrong += [f"{name}: {issue}" for issue in each.get("issues", [str(each)])]
    return said


def observatory(services: dict[str, dict[str, Any]], authority: Path) -> Judgement:
    """A+ with at least 120 points."""
    found = ask(observatory=list(services.values()), authority=authority)["observatory"]
    said = Judgement("MDN HTTP Observatory", f"A+ and at least {LEAST}", len(found))
    for name, each in zip(services, found, strict=True):
        if each.get("grade") != "A+" or each["score"] < LEAST:
            said.wrong.append(f"{name}: {each}")
        else:
            said.notes.append(f"{each['grade']}, {each['score']}: {name}")
    return said


def policies(texts: dict[str, str]) -> Judgement:
    """No finding of high or medium severity."""
    found = ask(policies=list(texts.values()))["policies"]
    said = Judgement("CSP Evaluator", "no high or medium finding", len(found))
    for name, each in zip(texts, found, strict=True):
        for finding in each.get("findings", [f"HIGH {each}"]):
            (said.wrong if finding.startswith(SERIOUS) else said.notes).append(f"{name}: {finding}")
    return said
