"""Words that a template or a script says are marked for translation, every one of them.

A word that nobody marked stands in English on every Welsh page, and no catalogue knows of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

PACKAGE = Path(__file__).resolve().parent.parent / "askpanel"
JINJA = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
MARKS = {"_", "gettext", "ngettext", "plural_forms"}
SAID = {"alt", "aria-label", "aria-description", "label", "placeholder", "title"}
AS_THEY_ARE = {"CSV", "JSON", "English", "Cymraeg", "GOV.UK"}
"""Names that are the same in every language; a key of the keyboard stands in <kbd>."""
WORD = re.compile(r"[^\W\d_]{2,}|[^\W\d_]")
SENTENCE = re.compile(r"[A-Z][a-z]|[^\W\d_]+ [a-z]+ [a-z]+")
"""How words for people begin, and how names of things in a program do not: `Sign in`."""
NAMES_OF_THINGS = {"class", "classes", "autocomplete", "type", "href", "url"}
ATTRIBUTE = re.compile(r"([\w-]+)=\"[^\"]*\"")
SAYING = re.compile(
    r"(?:\.(?:textContent|innerText|ariaLabel|placeholder|title) = |\bsay\()"
    r"(['\"`])(?!\1)(?:(?!\1).)*[A-Za-z]{2}"
)


class Reader(HTMLParser):
    """Collects the words between tags and in the attributes that people are told."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        for name, value in attrs:
            if name in SAID:
                self.look(value or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            del self.open[len(self.open) - 1 - self.open[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        if self.open[-1:] not in (["script"], ["style"], ["kbd"]):
            self.look(data)

    def look(self, text: str) -> None:
        # A block or a macro may hold attributes alone, for a tag that stands elsewhere.
        text = ATTRIBUTE.sub(lambda found: found[0] if found[1] in SAID else "", text)
        for name in AS_THEY_ARE:
            text = text.replace(name, "")
        if WORD.search(text):
            self.faults.append(" ".join(text.split()))


def in_markup(source: str) -> list[str]:
    """Words of a template's own text; every Jinja expression is read as a space."""
    html, marked = "", False
    for _, kind, text in JINJA.lex(source):
        if kind == "name" and text in ("trans", "endtrans"):
            marked = text == "trans"
        html += text if kind == "data" and not marked else " "
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader.faults


def in_expressions(source: str) -> list[str]:
    """Words that an expression of a template says, and nothing translates."""
    return [text for text in constants(JINJA.parse(source)) if text not in AS_THEY_ARE]


def constants(node: nodes.Node, said: bool = False) -> Iterator[str]:
    """Strings that read like words, or that are given to a component as its text."""
    if isinstance(node, nodes.Call) and getattr(node.node, "name", "") in MARKS:
        return
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        if SENTENCE.search(node.value) or (said and WORD.search(node.value)):
            yield node.value
        return
    if isinstance(node, nodes.Pair):
        key = node.key.value if isinstance(node.key, nodes.Const) else ""
        if key not in NAMES_OF_THINGS:
            yield from constants(node.value, said=str(key).lower().endswith(("text", "html")))
        return
    for child in node.iter_child_nodes():
        yield from constants(child, said and isinstance(node, nodes.CondExpr))


def templates() -> Iterator[Path]:
    return (path for path in sorted((PACKAGE / "templates").rglob("*")) if path.is_file())


def test_no_template_says_a_word_that_is_not_marked() -> None:
    assert {
        path.name: found
        for path in templates()
        if (found := in_markup(path.read_text()) + in_expressions(path.read_text()))
    } == {}


def test_no_script_says_a_word_of_its_own() -> None:
    """Scripts take their words from the page, where the catalogue put them."""
    scripts = sorted((PACKAGE / "static").glob("*.mjs"))
    assert scripts
    assert [path.name for path in scripts if SAYING.search(path.read_text())] == []


@pytest.mark.parametrize(
    "planted",
    [
        "<p>Hello</p>",
        "<p>{{ _('Answered') }} by {{ name }}</p>",
        "{% if x %}At {{ time }}{% endif %}",
        '<button aria-label="Close">{{ _("Close") }}</button>',
        '<input placeholder="{{ x }} words">',
        '{% block a %} title="Words"{% endblock %}',
        "{% trans %}Hello{% endtrans %} you",
        "<p>I</p>",
        "{{ govukButton({'text': 'go'}) }}",
        "{{ govukButton({'text': 'go' if x else _('Stop')}) }}",
        "{{ press(q, 'publish', 'Publish') }}",
        "{% set titles = {'pending': 'Waiting'} %}",
        "{{ 'to all of them' }}",
    ],
)
def test_planted_words_are_caught(planted: str) -> None:
    assert in_markup(planted) + in_expressions(planted) != []


@pytest.mark.parametrize(
    "good",
    [
        '<p class="govuk-body" data-x="y">{{ _("Hello %(name)s", name=name) }} · 7&nbsp;</p>',
        '<a href="/x.csv">CSV</a>, <kbd>J</kbd> <span lang="en">English</span>',
        "<script>let words = 1</script>",
        '{% macro foreign(lang) %} lang="{{ lang }}" data-live="{{ x }}/live"{% endmacro %}',
        "{{ govukTag({'text': _('Live'), 'classes': 'a govuk-tag b'}) }}",
        "{% trans %}Hello{% endtrans %}{{ ngettext('One', 'Many', 2) }}",
        "{% set open = phase in ('early', 'live') %}{{ 'true' if open else 'false' }}",
    ],
)
def test_honest_templates_are_let_through(good: str) -> None:
    assert in_markup(good) + in_expressions(good) == []


@pytest.mark.parametrize(
    ("script", "caught"),
    [
        ("button.textContent = 'Pause';", True),
        ("say(`You have ${count} left`);", True),
        ('button.title = "Close";', True),
        ("button.textContent = word('pause');", False),
        ("region.textContent = '';", False),
        ("say(reply.message);", False),
    ],
)
def test_a_script_with_words_is_caught(script: str, caught: bool) -> None:
    assert bool(SAYING.search(script)) is caught
