"""The catalogues: every string of the program that a reader sees, in each language but English.

    python tools/catalogue.py            bring askpanel/catalogues/*.po up to date
    python tools/catalogue.py --check    change nothing; say what is out of date, exit 1

Strings are found in the templates (`_`, `ngettext`, `{% trans %}`, `plural_forms`) and in Python
(`N_`, `NN_` where the words are counted). What a translator wrote is kept, comments too; a new
string comes without a translation; one that nothing uses any more is dropped. Nothing is ever
guessed from a similar string: a wrong sentence that looks right is worse than an English one.

The head of a catalogue, down to its first blank line, is the translator's and is left alone. Line
numbers are left out, so that a catalogue changes when words do and not when lines move.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "askpanel"
CATALOGUES = "askpanel/catalogues"
METHODS = [("**.py", "python"), ("templates/**", "jinja2.ext:babel_extract")]
# As View sets its templates up; and a template that cannot be read is an error, not silence.
OPTIONS = {
    "templates/**": {
        "newstyle_gettext": "true",
        "trim_blocks": "true",
        "lstrip_blocks": "true",
        "silent": "false",
    }
}
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "N_": None,
    "ngettext": (1, 2),
    "NN_": (1, 2),
    "plural_forms": (1, 2),
}
COMMENT_TAG = "Translators:"


def strings(root: Path = ROOT) -> Catalog:
    """Every string to translate, with the files that say it and what they tell a translator."""
    found = Catalog()
    for file, line, words, comments, context in extract_from_dir(
        root / PACKAGE, METHODS, OPTIONS, KEYWORDS, (COMMENT_TAG,), strip_comment_tags=True
    ):
        place = (f"{PACKAGE}/{Path(file).as_posix()}", line)
        found.add(words, None, [place], auto_comments=comments, context=context)
    return found


def catalogues(root: Path = ROOT) -> list[Path]:
    """The catalogues, one for each language but English."""
    return sorted((root / CATALOGUES).glob("*.po"))


def read(path: Path) -> Catalog:
    """A catalogue as it stands, what is obsolete in it included."""
    with path.open("rb") as source:
        return read_po(source, locale=path.stem, abort_invalid=True)


def in_step(found: Catalog, path: Path) -> str:
    """The text of a catalogue with exactly the strings that were found, by their files."""
    before = read(path)
    after = Catalog(locale=path.stem)
    after.mime_headers = before.mime_headers
    for message in found:
        if message.id:
            after[message.id] = carried(message, before)
    body = io.BytesIO()
    write_po(body, after, width=0, omit_header=True, sort_by_file=True, include_lineno=False)
    return f"{head(path.read_text())}\n\n{body.getvalue().decode().strip()}\n"


def carried(message: Message, before: Catalog) -> Message:
    """A string with the translation it had; with none if it is new, or is now counted."""
    old = before.get(message.id, message.context)
    kept = Message(
        message.id,
        locations=sorted(message.locations),
        auto_comments=message.auto_comments,
        context=message.context,
    )
    if old is not None:
        kept.user_comments = old.user_comments
        if old.pluralizable == message.pluralizable:
            kept.string = old.string
            kept.flags |= old.flags & {"fuzzy"}
    return kept


def head(text: str) -> str:
    """A catalogue down to its first blank line: its comment and its header."""
    return text.split("\n\n", 1)[0].rstrip("\n")


def faults(found: Catalog, path: Path) -> list[str]:
    """Where a catalogue and the program differ, and what is left to translate, in words.

    The order of the entries and the files they name follow with the next run. They are there for
    the translator, and nothing is wrong for a reader while they wait.
    """
    catalogue = read(path)
    mine, wanted = ids(catalogue), ids(found)
    said = [f"not in the catalogue: {words!r}" for words in wanted if words not in mine]
    said += [f"nothing says this any more: {words!r}" for words in mine if words not in wanted]
    said += [f"kept although obsolete: {words!r}" for words in obsolete(catalogue)]
    for message in catalogue:
        if message.id and message.fuzzy:
            said.append(f"marked as fuzzy: {first(message)!r}")
        if message.id and not all(forms(message)):
            said.append(f"not translated: {first(message)!r}")
    return said


def ids(catalogue: Catalog) -> list[str | tuple[str, ...]]:
    """The English of every entry: one string, or the two forms of counted words."""
    return [m.id if isinstance(m.id, str) else tuple(m.id) for m in catalogue if m.id]


def obsolete(catalogue: Catalog) -> list[str]:
    """The entries that an editor has left behind as comments (`#~`)."""
    return [first(message) for message in catalogue.obsolete.values()]


def first(message: Message) -> str:
    """The English, or its singular."""
    return message.id if isinstance(message.id, str) else message.id[0]


def forms(message: Message) -> tuple[str, ...]:
    """The translation as a tuple: one string, or every plural form."""
    given = message.string or ""
    return (given,) if isinstance(given, str) else tuple(given)


def main(arguments: list[str]) -> int:
    """Run the command line; the result is the exit status."""
    if arguments not in ([], ["--check"]):
        print("usage: python tools/catalogue.py [--check]", file=sys.stderr)
        return 2
    found = strings()
    if not arguments:
        for path in catalogues():
            path.write_text(in_step(found, path))
    left = [f"{path.name}: {fault}" for path in catalogues() for fault in faults(found, path)]
    for fault in left:
        print(fault, file=sys.stderr)
    if left and arguments:
        print("Run `make catalogue`, then translate what is new.", file=sys.stderr)
    if not left:
        print(f"{len(ids(found))} strings, and every catalogue has them all")
    return 1 if left and arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
