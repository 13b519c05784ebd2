"""Why a command did not happen, and why one cannot be taken back: each code in kind words."""

from __future__ import annotations

from collections.abc import Mapping

from askpanel.chat.locale import N_

REFUSALS: Mapping[str, str] = {
    "unknown_question": N_("There is no question with that number."),
    "unknown_command": N_("There is no such command."),
    "wrong_state": N_("The question has moved on meanwhile, so nothing was changed."),
    "wrong_role": N_("Your role may not do that."),
    "revoked": N_("Your sign-in was ended or changed. Sign in again."),
    "not_author": N_("Only the person who asked may do that."),
    "not_holder": N_("A colleague is answering this question."),
    "not_panel": N_("That organisation is not on this session's panel."),
    "answered_already": N_("Your organisation has answered this. Correct the answer instead."),
    "not_own_answer": N_("Only the organisation that gave this answer may correct it."),
    "unknown_answer": N_("There is no such answer under this question."),
    "bad_target": N_(
        "A question can only be taken together with one that is waiting, approved or answered."
    ),
    "own_draft": N_("A colleague must check this answer, not the person who wrote it."),
    "no_draft": N_("There is no answer here that waits for a check."),
    "awaiting_check": N_("The answer to this question waits for a check."),
    "not_expired": N_("The claim or lock on this question has not run out."),
    "locked": N_("A colleague has this question open."),
    "no_lock": N_("You no longer have this question open."),
    "undecided": N_(
        "Somebody may be in danger. Write down how this was dealt with before it leads anywhere "
        "else."
    ),
    "unacknowledged": N_("A colleague must say first that they have seen this risk."),
    "own_risk": N_("You raised this risk, so a colleague must say that they have seen it."),
    "acknowledged_already": N_("A colleague has said already that they have seen this risk."),
    "superseded": N_("Something else was done to this question since, so nothing was undone."),
    "cannot_undo": N_("This cannot be undone."),
    "too_late": N_("What was there before is no longer kept, so nothing was undone."),
    "unverified": N_("A number or address in this text is not on the session's list."),
    "bad_lang": N_("The session is not in that language, or the answer is already in it."),
    "own_answer": N_("Your organisation gave this answer itself."),
    "cosigned_already": N_("Your organisation has signed this answer already."),
    "muted": N_("The person who asked this can send nothing more in this session already."),
    "full": N_("There are as many of these on this question as there may be."),
    "not_muted": N_("The person who asked this can send questions."),
    "closed": N_("This session is not taking questions now."),
    "erased": N_(
        "The words of this question were erased after the session, so nothing was changed."
    ),
    "bad_times": N_("Those times are past, or in the wrong order, or more than 24 hours apart."),
    "pinned_full": N_(
        "There are as many announcements on top of the page as there may be. Take one down first."
    ),
    "unknown_announcement": N_("This announcement is no longer on the page."),
    "missing": N_("Something is missing. Fill in the box and try again."),
    "unlisted": N_("That choice is not on the list. Reload the page and choose again."),
    "no_colleague": N_("There is no colleague of that name who checks questions. Choose another."),
    "no_panelist": N_("There is no panelist of that name in that organisation."),
    "none_chosen": N_("No question was chosen. Tick some and try again."),
    "too_many": N_("That is too many at a time. Tick fewer and try again."),
    "long": N_("The text is too long."),
    "unfit": N_("The text had characters that cannot be shown. Take them out and try again."),
    # It may still happen: a store that hangs does, when it wakes, what it was asked.
    "away": N_(
        "We could not confirm that this was done, because the store does not answer. Look again "
        "in a minute, before you repeat it."
    ),
}

NOT_UNDOABLE: Mapping[str, str] = {
    "withdraw": N_("It was the author's to do, and nobody asks it back for them."),
    "respond": N_("It is the author's word. They may say otherwise."),
    "escalate": N_("Its author has seen the urgent words. Record a decision instead."),
    "acknowledge": N_("That a colleague has seen a risk stays on record."),
    "conclude": N_("A decision about a risk stays on record. Escalate again if it was wrong."),
    "undo": N_("Give the command again."),
    "claim": N_("Release the claim instead."),
    "release": N_("Claim the question again."),
    "expire": N_("Claim the question again."),
    "answer": N_("It has been read. Correct it, or take it down."),
    "publish": N_("It has been read. Correct it, or take it down."),
    "return": N_("Its author has the note. They may send the answer again."),
    "correct": N_("It has been read. Correct it once more."),
    "translate": N_("It has been read. Correct it, or take it down."),
    "remove": N_("What was taken down stays down. Answer the question anew."),
    "cosign": N_("The organisation that signed the answer may take its name back."),
}
"""`rules.NOT_UNDOABLE`, for translators; and what the panel alone may undo."""
