"""What stands beside the lists of both staff screens: who is here, what colleagues say to each
other, and the risks that nobody has acknowledged yet."""

from __future__ import annotations

from askpanel.chat.frames import Ops
from askpanel.chat.reel import Drawing
from askpanel.chat.view import view
from askpanel.eventlog.model import Mute, Question, State
from askpanel.eventlog.projection import Moment, Projection

PRESENCE_PARTS, REMARKS_PARTS, RISKS_PARTS = (
    f"parts/{name}.html" for name in ("presence", "remarks", "risks")
)


def among_staff(moment: Moment, locale: str) -> Drawing:
    """What an event of the staff alone does to every staff screen."""
    event = moment.event
    if event.remark is not None:
        drawn = str(view(locale).part(REMARKS_PARTS, "remark", event.remark, moment.session))
        say = view(locale).part(REMARKS_PARTS, "news", event.remark).unescape().strip()
        return Drawing([("append", "remarks", drawn)], say)
    return Drawing(
        [("replace", "present", str(view(locale).part(PRESENCE_PARTS, "present", event.present)))]
    )


def alarms(moment: Moment, locale: str) -> Ops:
    """A risk begins to be everybody's concern, or somebody has seen to it."""
    question, event = moment.event.question, moment.event
    if question is None:
        return []
    if event.type == "escalated":
        drawn = str(view(locale).part(RISKS_PARTS, "alarm", question, moment.session))
        return [("append", "alarms", drawn)]
    return [("remove", f"alarm-{question.number}")] if event.type == "acknowledged" else []


def mutes(moment: Moment, locale: str) -> Ops:
    """Who may send nothing more, on the triage screen."""
    question, event = moment.event.question, moment.event
    if question is None or event.type not in ("muted", "unmuted"):
        return []
    if event.type == "unmuted":
        return [("remove", f"muted-{question.number}")]
    muted = Mute(number=question.number, at=event.at, username=event.by, name=event.name)
    return [("append", "muted", str(view(locale).part(RISKS_PARTS, "mute", muted, moment.session)))]


def alarming(projection: Projection) -> list[Question]:
    """The risks that no second person has acknowledged, in the order in which they came up."""
    return [q for q in projection.of(State.ESCALATED) if q.risk and not q.risk.seen]
