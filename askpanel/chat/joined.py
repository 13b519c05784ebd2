"""One script and one style sheet for the public's pages, joined when the program starts.

The files that people edit stay as they are, and nobody runs a build. But on a slow line twenty
small files cost a second and more of waiting, and half of what they weigh is headers and comments:
a first visit is to stay below 50 KB. Staff pages load the files themselves.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources
from pathlib import Path

from askpanel.chat.trimming import (
    CannotJoin,
    components_in,
    lean_script,
    lean_style,
    unused_out,
    used_rules,
)

TEMPLATES = Path(__file__).parent.parent / "templates"
MACROS = Path(str(resources.files("govuk_frontend_jinja"))) / "templates"
STAFF_ONLY = ("staff/", "service-navigation/")
"""What the shell of every page takes in for staff alone."""

SCRIPT, STYLE = "public.mjs", "public.css"
ENTRIES = ("init.mjs", "live.mjs", "outbox.mjs", "yours.mjs")
"""What the public's script begins with; all that these import comes with them."""
FIRST_SCRIPT = "js-enabled.js"
"""Runs before anything is painted, and so is no part of the joined one."""
LIBRARIES = ("vendor/idiomorph.min.js",)
"""Classic scripts, before all others: each sets one global name, given by its first `var`."""
STYLES = ("vendor/govuk-frontend.min.css", "app.css")
NOTICE = """\
/*! With parts of GOV.UK Frontend (MIT, Crown Copyright) and idiomorph (0BSD): the licences lie in
vendor/ beside this file. */
"""

_IMPORT = re.compile(
    r"^import\s*(?:\{([^}]*)\}\s*from\s*)?['\"]\./([^'\"]+)['\"];?[ \t]*\n", re.MULTILINE
)
_TAKEN_IN = re.compile(r"'(govuk_frontend_jinja/)?((?:\.\./)*[\w./-]+\.(?:html|njk))'")
_DECLARED = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const) (\w+))", re.MULTILINE)
_LISTED = re.compile(r"\bexport\s*\{([^}]*)\};?\s*\Z")
_LEFT = re.compile(r"^\s*(?:import|export)\b|\bimport\.meta\b|\bimport\(", re.MULTILINE)


@lru_cache
def joined(folder: Path) -> dict[str, bytes]:
    """The joined files by name, made from those in a folder."""
    script = NOTICE + joined_script(folder, ENTRIES, LIBRARIES)
    named = named_in_pages(TEMPLATES) | components_in(script)
    first = lean_script((folder / FIRST_SCRIPT).read_text("utf-8"), FIRST_SCRIPT)
    named |= components_in(first)
    style = NOTICE + joined_style(folder, named)
    made = {SCRIPT: script, STYLE: style, FIRST_SCRIPT: first}
    return {name: content.encode() for name, content in made.items()}


def joined_script(folder: Path, entries: tuple[str, ...], libraries: tuple[str, ...] = ()) -> str:
    """One module that does what the entries do. Raises CannotJoin.

    Each module becomes a function that is called once and gives what it exports, so names of one
    are none of another's. They stand in the order in which a browser would run them.
    """
    order = _ordered(folder, entries)
    names = {name: f"m{number}" for number, name in enumerate(order)}
    globals_ = [_global((folder / each).read_text("utf-8")) for each in libraries]
    return "".join([*globals_, *(_called(folder, each, names) for each in order)])


def joined_style(folder: Path, named: set[str]) -> str:
    """All style sheets of the public's pages, without what none of these pages names."""
    sources = [(folder / name).read_text("utf-8") for name in STYLES]
    return "".join(used_rules(lean_style(source), named) for source in sources)


def named_in_pages(templates: Path) -> set[str]:
    """The components that the public's pages name, and all that they are drawn with. They are the
    templates that lie in the folder itself: what is the staff's lies below it."""
    named: set[str] = set()
    seen: set[Path] = set()
    waiting = sorted(templates.glob("*.html"))
    while waiting:
        path = waiting.pop().resolve()
        if path in seen or any(each in path.as_posix() for each in STAFF_ONLY):
            continue
        seen.add(path)
        source = path.read_text("utf-8")
        named |= components_in(source)
        for package, name in _TAKEN_IN.findall(source):
            places = (MACROS / name,) if package else (templates / name, path.parent / name)
            waiting += [place for place in places if place.is_file()]
    return named


def _ordered(folder: Path, entries: tuple[str, ...]) -> list[str]:
    """Every module after all that it imports."""
    order: list[str] = []
    under_way: list[str] = []

    def visit(name: str) -> None:
        if name in under_way:
            raise CannotJoin(f"{name} imports itself, by way of {' and '.join(under_way)}")
        if name in order:
            return
        under_way.append(name)
        for _, imported in _IMPORT.findall((folder / name).read_text("utf-8")):
            visit(imported)
        under_way.remove(name)
        order.append(name)

    for entry in entries:
        visit(entry)
    return order


def _called(folder: Path, name: str, names: dict[str, str]) -> str:
    source = (folder / name).read_text("utf-8")
    source = unused_out(source) if name.startswith("vendor/") else lean_script(source, name)
    exports = _DECLARED.findall(source) + [
        each.strip() for found in _LISTED.findall(source) for each in found.split(",")
    ]
    if any(not re.fullmatch(r"\w+", each) for each in exports):
        raise CannotJoin(f"{name} exports something under another name")
    source = _IMPORT.sub(lambda found: _taken(found[1], names[found[2]]), source)
    source = _LISTED.sub("", _DECLARED.sub("", source))
    if left := _LEFT.search(source):
        raise CannotJoin(f"{name} has {left[0].strip()!r}, which cannot be joined")
    given = f"return {{ {', '.join(exports)} }};\n" if exports else ""
    return f"const {names[name]} = (() => {{\n{source}\n{given}}})();\n"


def _taken(listed: str, name: str) -> str:
    """An import, as the constants that it stands for."""
    if not listed:
        return ""
    taken = re.sub(r"\s+as\s+", ": ", " ".join(listed.split()))
    return f"const {{ {taken} }} = {name};\n"


def _global(source: str) -> str:
    found = re.search(r"\bvar (\w+)", source)
    if not found:
        raise CannotJoin("a library sets no global name")
    return f"globalThis.{found[1]} = (() => {{\n{source}\nreturn {found[1]};\n}})();\n"
