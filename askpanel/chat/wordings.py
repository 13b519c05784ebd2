"""An answer as its readers see it: in their own language first, and in the others beside it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from askpanel.eventlog.model import Answer, Version


class Wording(Struct, frozen=True, kw_only=True):
    """An answer in one language. Times are Unix milliseconds.

    `corrected_at` is when this wording was last changed, and `behind` the languages whose wording
    was changed since: what this one says may no longer be so.
    """

    lang: str
    text: str
    at: int
    corrected_at: int | None = None
    behind: Sequence[str] = ()


def wordings(answer: Answer, locale: str) -> list[Wording]:
    """The answer in every language that there is, the reader's first, or the one it was given
    in."""
    written = {answer.lang: answer.versions, **answer.counterparts}
    first = locale if locale in written else answer.lang
    languages = sorted(written, key=lambda lang: (lang != first, lang != answer.lang, lang))
    return [_wording(lang, written) for lang in languages]


def _wording(lang: str, written: dict[str, list[Version]]) -> Wording:
    versions = written[lang]
    changed = {each: others[-1].at for each, others in written.items() if len(others) > 1}
    return Wording(
        lang=lang,
        text=versions[-1].text,
        at=versions[0].at,
        corrected_at=changed.get(lang),
        behind=[each for each, at in changed.items() if each != lang and at > versions[-1].at],
    )
