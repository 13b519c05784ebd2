"""What the public's pages do without: comments, indents, and components that none of them shows."""

from __future__ import annotations

import re

UNUSED_CLASSES = (
    *("Accordion", "Checkboxes", "FileUpload", "NotificationBanner", "PasswordInput", "Radios"),
    *("ServiceNavigation", "Tabs"),
)
"""Components of GOV.UK Frontend whose script no page of the public needs."""

UNUSED_SELECTORS = frozenset({".govuk-template:not(:has(.govuk-exit-this-page))"})
"""Selectors that are true of no page of the public where they matter. A browser looks for this one
through the whole page again whenever an answer comes."""

_NAMED = re.compile(r"govuk-((?:\\?!-)?[a-z]+(?:-[a-z]+)*)")
_EXPORTS = re.compile(r"\bexport\{([^}]*)\};\s*\Z")


class CannotJoin(ValueError):
    """A file is written in a way that cannot be joined; the text says which, and what."""


def unused_out(source: str) -> str:
    """GOV.UK Frontend's script without unused classes. In the file as it is built each class ends
    with what is set on it, its `moduleName` first, and a semicolon; the lock keeps it so."""
    for name in UNUSED_CLASSES:
        cut = rf"class {name} extends \w+\{{.*?\b{name}\.moduleName=[^;]*;"
        source, found = re.subn(cut, "", source, count=1, flags=re.DOTALL)
        if not found:
            raise CannotJoin(f"GOV.UK Frontend has no class {name} that could be left out")
    exported = _EXPORTS.search(source)
    if not exported:
        raise CannotJoin("GOV.UK Frontend exports nothing at its end")
    rest = source[: exported.start()]
    left = [name for name in exported[1].split(",") if _is_declared(name, rest)]
    return f"{rest}export{{{','.join(left)}}};\n"


def _is_declared(name: str, source: str) -> bool:
    return bool(re.search(rf"\b(?:class|function) {name}\b|\b{name}=", source))


def lean_script(source: str, name: str = "a script") -> str:
    """Without lines that are comments, and without indents. Raises CannotJoin for text in which a
    line may be neither, because it stands within quotes."""
    source = re.sub(r"^[ \t]*/\*\*.*?\*/[ \t]*\n", "", source, flags=re.MULTILINE | re.DOTALL)
    source = re.sub(r"^[ \t]*//.*\n", "", source, flags=re.MULTILINE)
    for line in source.splitlines():
        if line.count("`") % 2:
            raise CannotJoin(f"{name} has a template over several lines: {line.strip()}")
    return re.sub(r"\n+", "\n", re.sub(r"^[ \t]+", "", source, flags=re.MULTILINE))


def lean_style(source: str) -> str:
    """Without comments and indents."""
    source = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    source = re.sub(r"\s*\n\s*", " ", source)
    return re.sub(r"\s+(?=[{}])|(?<=[{};,])\s+", "", source).strip()


def components_in(source: str) -> set[str]:
    """The components and overrides of GOV.UK Frontend that a template, a script or a selector
    names: `govuk-button--warning` is `button`, `govuk-!-margin-0` is `!-margin`."""
    return {each.replace("\\", "") for each in _NAMED.findall(source)}


def used_rules(source: str, named: set[str]) -> str:
    """A style sheet without the rules for components that are not among those named."""
    kept, at = [], 0
    while (opens := source.find("{", at)) >= 0:
        closes = _closing(source, opens)
        head, body = source[at:opens], source[opens + 1 : closes]
        if head.lstrip().startswith(("@media", "@supports")):
            body = used_rules(body, named)
        elif not head.lstrip().startswith("@"):
            head = ",".join(each for each in _selectors(head) if _is_used(each, named))
        if head and body:
            kept.append(f"{head}{{{body}}}")
        at = closes + 1
    return "".join(kept) + source[at:]


def _is_used(selector: str, named: set[str]) -> bool:
    """A name stands for those that it begins, too: templates put some together of two halves."""
    return selector.strip() not in UNUSED_SELECTORS and all(
        any(each == name or each.startswith(f"{name}-") for name in named)
        for each in components_in(selector)
    )


def _closing(source: str, opens: int) -> int:
    depth = 0
    for found in re.compile(r"[{}]").finditer(source, opens):
        depth += 1 if found[0] == "{" else -1
        if not depth:
            return found.start()
    raise CannotJoin("a style sheet ends within a rule")


def _selectors(head: str) -> list[str]:
    """The selectors of a rule; a comma within brackets parts none."""
    return re.split(r",(?![^(]*\))", head)
