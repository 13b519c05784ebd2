"""The installation's watch lists, made ready once, and looked for in every question.

A list is words and phrases of one language; `*` at the end of a word stands for any ending. Words
are compared bare: without case, accents and apostrophes, and past the usual disguises (`k1ll`,
`suiciiide`, `s.u.i.c.i.d.e`, `killmyself`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from rapidfuzz.distance import OSA

from askpanel.moderation.unmasked import bare

Watch = Mapping[str, Mapping[str, Sequence[str]]]
"""Language → kind → words and phrases, as the playbook has them."""

_DISGUISED = (
    str.maketrans("0134578@$!|€+", "oieastbasiiet"),
    str.maketrans("0134578@$!|€+", "oleastbasllet"),
)
_WRITTEN = re.compile(r"[^\W_][\w'@$!|€+]*|[@$€][\w'@$!|€+]+")
_LONG_RUN = re.compile(r"(.)\1{2,}")
LONE_LEAST, AMONG_LEAST = 6, 4
"""Letters of a word that may be misspelt: by itself, and in a phrase."""
SPELLED_LEAST = 4
"""Letters that stand apart, one by one: fewer are initials."""


class Term(Struct, frozen=True):
    """A word or phrase of a list: its bare words, each with whether any ending will do."""

    kind: str
    words: tuple[tuple[str, bool], ...]

    @property
    def least(self) -> int:
        """Letters of a word of it that may be misspelt."""
        return LONE_LEAST if len(self.words) == 1 else AMONG_LEAST

    def starts_at(self, places: Sequence[Sequence[str]], index: int, slips: int = 0) -> bool:
        """Whether it stands there, with so many of its words misspelt at the most; each place has
        the forms that one word may be read as."""
        if index + len(self.words) > len(places):
            return False
        for n, (word, stem) in enumerate(self.words):
            forms = places[index + n]
            if any(form == word or (stem and form.startswith(word)) for form in forms):
                continue
            if not slips or len(word) < self.least:
                return False
            if not any(_near(form, word, stem) for form in forms):
                return False
            slips -= 1
        return True


class WatchList:
    """All lists, by their terms' first words. `found` costs by the text, not by the lists.

    In the `lenient` kinds, one word with one slip is still found: who writes that they want to die
    does not read it over.
    """

    def __init__(self, watch: Watch, lenient: Iterable[str] = ("distress",)) -> None:
        self._whole: dict[str, dict[str, list[Term]]] = {}
        self._stems: dict[str, dict[str, list[Term]]] = {}
        self._lengths: dict[str, list[int]] = {}
        self._slipping: dict[str, dict[str, dict[str, list[Term]]]] = {}
        self._languages = tuple(watch)
        self._lenient = frozenset(lenient)
        for lang, kinds in watch.items():
            whole: dict[str, list[Term]] = {}
            stems: dict[str, list[Term]] = {}
            slipping: dict[str, dict[str, list[Term]]] = {}
            for term in _terms(kinds):
                first, stem = term.words[0]
                (stems if stem else whole).setdefault(first, []).append(term)
                if term.kind in self._lenient and len(first) >= term.least:
                    slipping.setdefault(first[0], {}).setdefault(first, []).append(term)
            self._slipping[lang] = slipping
            self._whole[lang], self._stems[lang] = whole, stems
            self._lengths[lang] = sorted({len(stem) for stem in stems})

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that have lists."""
        return self._languages

    def found(self, text: str, languages: Iterable[str]) -> dict[str, list[str]]:
        """Kind → what was found of it in an unmasked text, as it is written there, each once."""
        read = list(_read(text))
        places = [forms for _, forms in read]
        found: dict[str, dict[str, str]] = {}
        for lang in languages:
            for index, forms in enumerate(places):
                for term, slips in self._of(lang, forms):
                    if term.starts_at(places, index, slips):
                        written = [word for word, _ in read[index : index + len(term.words)]]
                        words = " ".join(written)
                        found.setdefault(term.kind, {}).setdefault(bare(words), words)
        return {kind: list(each.values()) for kind, each in found.items()}

    def _of(self, lang: str, forms: Iterable[str]) -> Iterator[tuple[Term, int]]:
        """The terms that may begin with one of these, and how many of their words may be misspelt.

        Slips are made after the first letter.
        """
        whole, stems = self._whole.get(lang, {}), self._stems.get(lang, {})
        for form in forms:
            exact = list(whole.get(form, ()))
            for length in self._lengths.get(lang, ()):
                if length > len(form):
                    break
                exact += stems.get(form[:length], ())
            for term in exact:
                yield term, int(term.kind in self._lenient)
            for first, terms in self._slipping.get(lang, {}).get(form[0], {}).items():
                if first != form and _near(form, first, terms[0].words[0][1]):
                    yield from ((term, 1) for term in terms)


def _near(form: str, word: str, stem: bool) -> bool:
    """Whether a word is another with one letter wrong, missing, too many or swapped; never the
    first."""
    if form[0] != word[0] or len(form) < len(word) - 1 or (len(form) > len(word) + 1 and not stem):
        return False
    lengths = (len(word) - 1, len(word), len(word) + 1) if stem else (len(form),)
    return any(OSA.distance(form[:length], word, score_cutoff=1) <= 1 for length in lengths)


def _terms(kinds: Mapping[str, Sequence[str]]) -> Iterator[Term]:
    for kind, phrases in kinds.items():
        for phrase in phrases:
            words = tuple(
                (bare(word.rstrip("*")), word.endswith("*"))
                for word in re.findall(r"[^\W_][\w']*\*?", phrase.replace("’", "'"))
            )
            if words:
                yield Term(kind, words)
                if len(words) > 1:
                    yield Term(kind, (("".join(word for word, _ in words), words[-1][1]),))


def _read(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each word as it is written, with what it may be read as. Letters that stand apart make one
    word more, before the first of them."""
    letters: list[str] = []
    kept: list[tuple[str, tuple[str, ...]]] = []
    for match in _WRITTEN.finditer(text):
        word = match[0]
        if len(word) == 1:
            letters.append(word)
            kept.append((word, (bare(word),)))
            continue
        yield from _spelled(letters, kept)
        letters, kept = [], []
        yield word.rstrip("!'|+"), _forms(word)
    yield from _spelled(letters, kept)


def _spelled(
    letters: Sequence[str], kept: Sequence[tuple[str, tuple[str, ...]]]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    if len(letters) >= SPELLED_LEAST:
        word = "".join(letters)
        yield " ".join(letters), _forms(word)
        # The first letters may be words of their own: "I s u i c i d e".
        for begin in (1, 2):
            if len(letters) - begin >= SPELLED_LEAST:
                yield " ".join(letters[begin:]), _forms(word[begin:])
    yield from kept


def _forms(word: str) -> tuple[str, ...]:
    plain = bare(word.rstrip("!|+"))
    forms = {plain: None}
    if not word.isalpha() and not plain.isdigit():
        for disguise in _DISGUISED:
            forms[bare(word.translate(disguise))] = None
        forms["".join(re.findall(r"[^\W_]+", plain))] = None
    for form in list(forms):
        if _LONG_RUN.search(form):
            forms[_LONG_RUN.sub(r"\1", form)] = None
            forms[_LONG_RUN.sub(r"\1\1", form)] = None
    return tuple(form for form in forms if form)
