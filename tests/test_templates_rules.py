"""Text becomes HTML in a template, where it is escaped; no markup runs or styles itself.

The page's policy would block an inline script, handler or style, so a template that has one is a
page that silently does not work. Text marked safe by hand is worse: it is a page that does.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "askpanel"
JINJA = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])

# Functions that answer with escaped text under autoescape; macros of the template count too.
ESCAPED = {"_", "gettext", "ngettext", "caller"}
# Where an address makes the browser load something; <a href> only leads there.
LOADING = {"src", "srcset", "poster", "background", "data"}


class Reader(HTMLParser):
    """Collects what the HTML of a template may not have, in words with the line."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.in_script = False

    def fault(self, words: str) -> None:
        self.faults.append(f"{self.getpos()[0]}: {words}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "style":
            self.fault("<style> belongs into a file")
        if tag == "script":
            self.in_script = True
            if "src" not in named:
                self.fault("<script> without src")
        for name, value in named.items():
            target = value.strip().lower()
            if name.startswith("on"):
                self.fault(f"{name}= belongs into a script")
            if name in {"style", "srcdoc"}:
                self.fault(f"{name}= is blocked by the policy")
            if target.startswith("javascript:"):
                self.fault(f"{name}= runs a script")
            loads = name in LOADING or (tag == "link" and name == "href")
            if loads and target.startswith(("http:", "https:", "//", "data:")):
                self.fault(f"{name}= loads from another place")

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self.in_script = False

    def handle_data(self, data: str) -> None:
        if self.in_script and data.strip():
            self.fault("an inline script")


def markup_faults(source: str) -> list[str]:
    """What a template's own HTML may not have; every Jinja expression is read as a space."""
    parser = Reader()
    html = ""
    for _, kind, text in JINJA.lex(source):
        if kind == "data":
            html += text
        else:
            if kind == "variable_begin" and awaits_value(html):
                parser.faults.append(f"{html.count(chr(10)) + 1}: an attribute without quotes")
            html += " " + "\n" * text.count("\n")
    parser.feed(html)
    parser.close()
    return parser.faults


def awaits_value(html: str) -> bool:
    """Whether the text ends in a tag, after `name=` and before any quote."""
    tag = re.sub(r"\"[^\"]*\"|'[^']*'", "value", html[html.rfind("<") :])
    return tag.startswith("<") and tag.endswith("=") and not set(tag) & set("\"'>")


def escape_faults(source: str) -> list[str]:
    """Where a template puts text into the page without escaping it."""
    tree = JINJA.parse(source)
    escaped = ESCAPED | {macro.name for macro in tree.find_all(nodes.Macro)}
    for imported in tree.find_all(nodes.FromImport):
        escaped |= {name if isinstance(name, str) else name[1] for name in imported.names}
    blocks = {
        block.target.name
        for block in tree.find_all(nodes.AssignBlock)
        if isinstance(block.target, nodes.Name)
    }
    found = [
        f"{each.lineno}: |{each.name}"
        for each in tree.find_all(nodes.Filter)
        if each.name in {"safe", "mark_safe"}
    ]
    found += [f"{each.lineno}: autoescape" for each in tree.find_all(nodes.EvalContextModifier)]
    for key, value, line in named_values(tree):
        if key.lower().endswith("html") and not drawn(value, blocks, escaped):
            found.append(f"{line}: {key} takes text that nothing has escaped")
    return found


def named_values(tree: nodes.Template) -> Iterator[tuple[str, nodes.Expr, int]]:
    """(name, value, line) of every dict entry and keyword argument in a template."""
    for pair in tree.find_all(nodes.Pair):
        if isinstance(pair.key, nodes.Const) and isinstance(pair.key.value, str):
            yield pair.key.value, pair.value, pair.lineno
    for keyword in tree.find_all(nodes.Keyword):
        yield keyword.key, keyword.value, keyword.lineno


def drawn(value: nodes.Expr, blocks: set[str], escaped: set[str]) -> bool:
    """Was this value written in the template, or drawn by one, and so escaped?

    The components print what they are given as `html` as it stands.
    """
    match value:
        case nodes.Const() | nodes.TemplateData():
            return True
        case nodes.Name(name=name):
            return name in blocks
        case nodes.Call(node=nodes.Name(name=name)):
            return name in escaped
        case nodes.CondExpr(expr1=first, expr2=second):
            return drawn(first, blocks, escaped) and (
                second is None or drawn(second, blocks, escaped)
            )
        case nodes.Concat(nodes=parts):
            return all(drawn(part, blocks, escaped) for part in parts)
    return False


def python_faults(source: str) -> list[str]:
    """Where a module marks text as safe by hand, or turns the escaping off."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id="Markup") | ast.Attribute(attr="Markup")):
                found.append(f"{node.lineno}: Markup(")
            case ast.alias(name="Markup", asname=str(other)):
                found.append(f"{node.lineno}: Markup under the name {other}")
            case ast.Call(func=ast.Name(id="Environment") | ast.Attribute(attr="Environment")):
                if not any(escapes(keyword) for keyword in node.keywords):
                    found.append(f"{node.lineno}: an Environment without autoescape=True")
            case ast.Attribute(attr="autoescape", ctx=ast.Store()):
                found.append(f"{node.lineno}: autoescape is changed later")
    return found


def escapes(keyword: ast.keyword) -> bool:
    value = keyword.value
    return keyword.arg == "autoescape" and isinstance(value, ast.Constant) and value.value is True


def templates() -> Iterator[Path]:
    return (path for path in sorted((PACKAGE / "templates").rglob("*")) if path.is_file())


def test_no_template_runs_or_styles_itself() -> None:
    assert [
        f"{path.name}:{fault}" for path in templates() for fault in markup_faults(path.read_text())
    ] == []


def test_no_template_lets_text_through_unescaped() -> None:
    assert [
        f"{path.name}:{fault}" for path in templates() for fault in escape_faults(path.read_text())
    ] == []


def test_no_module_marks_text_as_safe() -> None:
    assert [
        f"{path.name}:{fault}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for fault in python_faults(path.read_text())
    ] == []


@pytest.mark.parametrize(
    ("planted", "caught"),
    [
        ("<script>alert(1)</script>", "<script> without src"),
        ('<script src="/a.js">alert(1)</script>', "an inline script"),
        ("<p>\n<style>p{}</style>", "2: <style>"),
        ('<p style="color:red">', "style="),
        ('{% if x %}<p\n STYLE="{{ x }}">{% endif %}', "style="),
        ('<button onclick="go()">', "onclick="),
        ('<button{% if x %} onfocus="go()"{% endif %}>', "onfocus="),
        ('<a href="javascript:go()">', "runs a script"),
        ('<img src="https://example.org/x.png">', "another place"),
        ('<link rel="stylesheet" href="//example.org/x.css">', "another place"),
        ('<img src="data:image/png;base64,x">', "another place"),
        ('<iframe srcdoc="x">', "srcdoc="),
        ("<p title={{ x }}>", "without quotes"),
    ],
)
def test_planted_markup_is_caught(planted: str, caught: str) -> None:
    assert caught in " ".join(markup_faults(planted))


@pytest.mark.parametrize(
    ("planted", "caught"),
    [
        ("{{ text|safe }}", "|safe"),
        ("{{ text | trim | safe }}", "|safe"),
        ("{% set x %}{{ text|safe }}{% endset %}", "|safe"),
        ("{% autoescape false %}{{ text }}{% endautoescape %}", "autoescape"),
        ("{{ govukButton({'html': text}) }}", "html takes text"),
        ("{{ govukButton({'html': '<b>' ~ text ~ '</b>'}) }}", "html takes text"),
        ("{{ govukButton({'html': words(text)}) }}", "html takes text"),
        ("{{ govukButton({'html': text if x else 'a'}) }}", "html takes text"),
        ("{{ govukErrorSummary(titleHtml=text) }}", "titleHtml takes text"),
    ],
)
def test_planted_unescaped_text_is_caught(planted: str, caught: str) -> None:
    assert caught in " ".join(escape_faults(planted))


@pytest.mark.parametrize(
    "good",
    [
        '<script src="/static/js-enabled.js"></script><p class="{{ x }}">{{ text }}</p>',
        "<p class='x'{{ foreign(lang) }}>{{ text }}</p><a href='https://example.org'>x</a>",
        "{% set x %}<b>{{ text }}</b>{% endset %}{{ govukButton({'html': x}) }}",
        "{% macro m(t) %}{{ t }}{% endmacro %}{{ govukButton({'html': m(text), 'text': text}) }}",
        "{% from 'parts.html' import m as n %}{{ govukButton({'html': n(text)}) }}",
        "{{ govukButton({'html': _('Save <b>all</b>') if x else 'Save'}) }}",
        "<p>2 ={{ two }}</p>",
        '<a title="x" href="{{ address }}?after={{ position }}">',
    ],
)
def test_honest_templates_are_let_through(good: str) -> None:
    assert markup_faults(good) + escape_faults(good) == []


@pytest.mark.parametrize(
    "planted",
    [
        "Markup('<b>')",
        "markupsafe.Markup(text)",
        "from markupsafe import Markup as M",
        "Environment(loader=x)",
        "jinja2.Environment(autoescape=False)",
        "environment.autoescape = False",
    ],
)
def test_planted_python_is_caught(planted: str) -> None:
    assert len(python_faults(planted)) == 1
    assert python_faults("Environment(autoescape=True)\nfrom markupsafe import Markup") == []
