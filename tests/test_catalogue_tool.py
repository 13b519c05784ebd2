"""The tool that keeps the catalogues: what it finds, what it keeps, what it says."""

from __future__ import annotations

import io
import re
import shutil
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2 import TemplateSyntaxError

from tools import catalogue
from tools.catalogue import catalogues, faults, first, in_step, read, strings


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """A small program and its catalogue, which lacks nothing."""
    templates, place = tmp_path / "askpanel/templates", tmp_path / catalogue.CATALOGUES
    templates.mkdir(parents=True)
    place.mkdir()
    (tmp_path / "askpanel/words.py").write_text(
        'SAID = N_("Sent")\nCOUNTED = NN_("%(count)s day", "%(count)s days")\n'
    )
    (templates / "page.html").write_text(
        "{{ _('Hello %(name)s', name=x) }}{% trans n=2 %}{{ n }} hour{% pluralize %}"
        "{{ n }} hours{% endtrans %}{{ ngettext('%(count)s week', '%(count)s weeks', n) }}"
        "{{ plural_forms('%{count} left', '%{count} left over') }}"
    )
    path = place / "cy.po"
    source = catalogue.ROOT / catalogue.CATALOGUES / "cy.po"
    path.write_text(catalogue.head(source.read_text()) + "\n")
    written = in_step(strings(tmp_path), path)
    path.write_text(re.sub(r'(msgstr(?:\[\d\])?) ""\n(?!")', r'\1 "Gair"\n', written))
    assert faults(strings(tmp_path), path) == []
    return path


def test_every_way_of_marking_is_found(planted: Path) -> None:
    assert {first(message) for message in read(planted) if message.id} == {
        "Sent",
        "%(count)s day",
        "Hello %(name)s",
        "%(n)s hour",
        "%(count)s week",
        "%{count} left",
    }


@pytest.mark.parametrize(
    ("plant", "words"),
    [
        ("{{ _('Planted') }}", "'Planted'"),
        ("{% trans %}Planted{% endtrans %}", "'Planted'"),
        ("{{ plural_forms('Planted', 'and more') }}", "('Planted', 'and more')"),
    ],
)
def test_a_planted_string_is_missed(planted: Path, plant: str, words: str) -> None:
    (planted.parent.parent / "templates/new.html").write_text(plant)
    found = strings(planted.parent.parent.parent)
    assert faults(found, planted) == [f"not in the catalogue: {words}"]
    planted.write_text(in_step(found, planted))
    assert faults(found, planted) == ["not translated: 'Planted'"]
    assert "fuzzy" not in planted.read_text()


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"Sent"\nmsgstr "Gair"', '"Sent"\nmsgstr ""', "not translated: 'Sent'"),
        ('msgstr[3] "Gair"', 'msgstr[3] ""', "not translated: '%(n)s hour'"),
        ('msgstr[5] "Gair"\n', "", "not translated: '%(n)s hour'"),
        ('msgid "Sent"', '#, fuzzy\nmsgid "Sent"', "marked as fuzzy: 'Sent'"),
        ('msgid "Sent"', 'msgid "Send"', "nothing says this any more: 'Send'"),
        (
            'msgid "Sent"',
            '#~ msgid "Old"\n#~ msgstr "Hen"\n\nmsgid "Sent"',
            "kept although obsolete: 'Old'",
        ),
    ],
)
def test_a_planted_fault_is_found(planted: Path, old: str, new: str, fault: str) -> None:
    text = planted.read_text()
    assert old in text
    planted.write_text(text.replace(old, new, 1))
    assert fault in faults(strings(planted.parent.parent.parent), planted)


def test_what_a_translator_wrote_is_kept(planted: Path) -> None:
    """The control for the tool itself: a comment and a translation outlive a new string."""
    entry = '#: askpanel/words.py\nmsgid "Sent"'
    planted.write_text(planted.read_text().replace(entry, f"# Of a question.\n{entry}"))
    (planted.parent.parent / "templates/new.html").write_text("{{ _('Planted') }}")
    written = in_step(strings(planted.parent.parent.parent), planted)
    assert f'# Of a question.\n{entry}\nmsgstr "Gair"\n' in written
    kept = read_po(io.BytesIO(written.encode()), locale="cy")
    assert kept["Planted"].string == ""


def test_a_catalogue_in_step_is_written_as_it_is(tmp_path: Path) -> None:
    for path in catalogues():
        copy = Path(shutil.copy(path, tmp_path))
        copy.write_text(in_step(strings(), copy))
        assert in_step(strings(), copy) == copy.read_text()
        assert faults(strings(), copy) == []


def test_a_string_that_is_counted_from_now_on_is_translated_anew(planted: Path) -> None:
    root = planted.parent.parent.parent
    (root / "askpanel/words.py").write_text('SAID = NN_("Sent", "Sent twice")\n')
    planted.write_text(in_step(strings(root), planted))
    assert faults(strings(root), planted) == ["not translated: 'Sent'"]


def test_a_template_that_cannot_be_read_is_not_passed_over(planted: Path) -> None:
    (planted.parent.parent / "templates/broken.html").write_text("{% if %}")
    with pytest.raises(TemplateSyntaxError):
        strings(planted.parent.parent.parent)
