"""Does what the installation says fit the sessions that are to come?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from askpanel.doctor.finding import Notes
from askpanel.eventlog.phase import Phase, phase
from askpanel.eventlog.session import Session
from askpanel.moderation.playbook import OWN_LINE, Playbook, filled, named

AREA = "The playbook"


def judge(playbook: Playbook, sessions: Sequence[Session], now: int) -> Notes:
    """`now` is the store's time in Unix milliseconds."""
    notes = Notes(AREA)
    notes.ok(
        f"It has {len(playbook.reasons)} reasons, {len(playbook.replies)} private replies and "
        f"{len(playbook.canned)} canned answers, each in English and Welsh."
    )
    for session in sessions:
        if phase(session.schedule, now) is not Phase.CLOSED:
            _urgent(notes, session)
            _nowhere(notes, playbook, session)
    return notes


def _urgent(notes: Notes, session: Session) -> None:
    if not any(signpost.urgent for signpost in session.signposts):
        notes.warning(
            f"{session.slug}: no signpost is urgent.",
            "somebody in danger is told that we read it, and not whom to call.",
            "set urgent = true for one in the session's file, and load it under another slug.",
        )


def _nowhere(notes: Notes, playbook: Playbook, session: Session) -> None:
    empty = [*_diversions(playbook, session), *_templates(playbook, session)]
    if empty:
        notes.note(
            f"{session.slug}: it has none of the signposts for {', '.join(empty)}, so people get "
            "the words alone there."
        )


def _diversions(playbook: Playbook, session: Session) -> Iterator[str]:
    for each in playbook.diversions:
        if each.signposts and not any(session.signpost(id_) for id_ in each.signposts):
            yield f"the diversion “{named(playbook.diversions, each.code, 'en')}”"


def _templates(playbook: Playbook, session: Session) -> Iterator[str]:
    for each in (*playbook.replies, *playbook.canned):
        places = [line for line in each.text["en"].split("\n") if OWN_LINE.fullmatch(line.strip())]
        if places and not any(filled(place, session, "en") for place in places):
            yield f"the text “{each.label['en']}”"
