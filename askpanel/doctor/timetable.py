"""Are the sessions that are to come ready: their words, their numbers, their people?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from askpanel.doctor.finding import Notes
from askpanel.eventlog.member import Member
from askpanel.eventlog.model import Role
from askpanel.eventlog.phase import Phase, phase
from askpanel.eventlog.rules import TRIAGE
from askpanel.eventlog.session import Session, Text
from askpanel.eventlog.sessionfile.phone import phone_fault

AREA = "The sessions"
SOON_MS = 60 * 60 * 1000


def judge(
    sessions: Sequence[Session], members: Sequence[Member], present: Sequence[Member], now: int
) -> Notes:
    """`present` are those who have signed in; `now` is the store's time in Unix milliseconds."""
    notes = Notes(AREA)
    ahead = [each for each in sessions if phase(each.schedule, now) is not Phase.CLOSED]
    if not ahead:
        notes.note("None is on or to come.")
        return notes
    able = [member for member in members if not member.disabled]
    _everybody(notes, able)
    for session in ahead:
        _words(notes, session)
        _numbers(notes, session)
        _panel(notes, session, able)
        _presence(notes, session, present, now)
    return notes


def _everybody(notes: Notes, able: Sequence[Member]) -> None:
    moderators = [member for member in able if member.role in TRIAGE]
    if not moderators:
        notes.fault(
            "Nobody can moderate: there is no moderator and no host.",
            "every question would wait for ever, and nothing could be published.",
            "askpanel staff add USERNAME --name NAME --role moderator",
        )
    elif len(moderators) == 1:
        notes.warning(
            "Only one person can moderate.",
            "if they cannot be there, every question waits.",
            "askpanel staff add USERNAME --name NAME --role moderator",
        )
    else:
        notes.ok(f"{len(moderators)} people can moderate.")
    if not any(member.role is Role.LEAD for member in able):
        notes.note(
            "Nobody is a lead: no one person is called when somebody may be in danger, and no "
            "number that a session does not list can be let through."
        )


def _words(notes: Notes, session: Session) -> None:
    missing = [name for name, text in _texts(session) if "cy" not in text]
    if missing:
        shown = ", ".join(missing[:5]) + (" and more" if len(missing) > 5 else "")
        notes.warning(
            f"{session.slug}: no Welsh for {shown}.",
            "who reads in Welsh finds English there.",
            "have it translated, and load a new session file with the cy lines.",
        )
    else:
        notes.ok(f"{session.slug}: every text is there in English and Welsh.")


def _texts(session: Session) -> Iterator[tuple[str, Text]]:
    yield "the title", session.title
    yield "the summary", session.summary
    for organisation in session.organisations:
        yield f"the name of {organisation.id}", organisation.name
    for signpost in session.signposts:
        yield f"the name of the signpost {signpost.id}", signpost.name
        yield f"when to use the signpost {signpost.id}", signpost.when
    for topic in session.topics:
        yield f"the topic {topic.id}", topic.label


def _numbers(notes: Notes, session: Session) -> None:
    phones = list(dict.fromkeys(each.phone for each in session.signposts if each.phone))
    for number in phones:
        fault = phone_fault(number)
        if fault is not None:
            notes.fault(
                f"{session.slug}: {fault.says}",
                "somebody who needs help would call it.",
                f"{fault.mend} Then load the session again, under another slug.",
            )
    if phones:
        notes.note(
            f"{session.slug}: let somebody dial each number on the page before the day: "
            f"{', '.join(phones)}."
        )


def _panel(notes: Notes, session: Session, able: Sequence[Member]) -> None:
    answering = {member.organisation for member in able if member.role is Role.PANELIST}
    absent = [each.id for each in session.organisations if each.id not in answering]
    if absent:
        notes.fault(
            f"{session.slug}: nobody can answer for {', '.join(absent)}.",
            "the page says that this organisation answers.",
            f"askpanel staff add USERNAME --name NAME --role panelist --organisation {absent[0]}",
        )
    else:
        notes.ok(f"{session.slug}: every organisation has somebody to answer.")


def _presence(notes: Notes, session: Session, present: Sequence[Member], now: int) -> None:
    until = session.schedule.starts - now
    if until > SOON_MS:
        return
    minutes = max(1, round(until / 60_000))
    when = "is on" if until <= 0 else f"starts in {minutes} minute" + "s" * (minutes > 1)
    if not any(member.role in TRIAGE for member in present):
        notes.fault(
            f"{session.slug} {when}, and no moderator has signed in.",
            "questions come in, and nobody reads them.",
            "call the moderators: they sign in at /staff.",
        )
        return
    organisations = {each.id for each in session.organisations}
    if not any(m.role is Role.PANELIST and m.organisation in organisations for m in present):
        notes.warning(
            f"{session.slug} {when}, and nobody of the panel has signed in.",
            "nobody can answer.",
            "call the panel: they sign in at /staff.",
        )
    else:
        notes.ok(f"{session.slug} {when}; moderators and panel have signed in.")
