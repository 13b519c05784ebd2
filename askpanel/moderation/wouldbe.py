"""How a text would look if it were published now: the public's own partial, drawn from the question
as it would be."""

from __future__ import annotations

from markupsafe import Markup
from msgspec import Struct
from msgspec.structs import replace

from askpanel.chat.fragments import PARTS
from askpanel.chat.view import view
from askpanel.eventlog.model import Question, State
from askpanel.eventlog.records import Answer, Version
from askpanel.eventlog.session import Session


class Written(Struct, frozen=True, kw_only=True):
    """A text on its way: an answer of an organisation's, or with `answer` other words for one that
    is there. `at` is when it would be published, in Unix milliseconds."""

    text: str
    lang: str
    organisation: str
    at: int
    answer: int = 0


def would_be(question: Question, written: Written) -> Question:
    """The question with the text published."""
    version = Version(text=written.text, at=written.at)
    answers = [_reworded(each, written, version) for each in question.answers]
    if not any(each.id == written.answer for each in question.answers):
        new = Answer(
            id=len(answers) + 1,
            organisation=written.organisation,
            lang=written.lang,
            versions=[version],
        )
        answers.append(new)
    return replace(question, state=State.ANSWERED, answers=answers, holder=None, draft=None)


def previews(question: Question, session: Session, written: Written) -> list[tuple[str, Markup]]:
    """How readers of each of the session's languages would see it: the language, and the HTML."""
    shown = would_be(question, written)
    return [
        (lang, view(lang).part(PARTS, "answered", shown, session)) for lang in session.languages
    ]


def _reworded(answer: Answer, written: Written, version: Version) -> Answer:
    if answer.id != written.answer:
        return answer
    if written.lang == answer.lang:
        return replace(answer, versions=[*answer.versions, version], cosigned=[])
    others = {**answer.counterparts}
    others[written.lang] = [*others.get(written.lang, []), version]
    return replace(answer, counterparts=others)
