"""What an installation says: the file that comes with the program, and how it is put to use."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from askpanel.chat.locale import LOCALES
from askpanel.config import load
from askpanel.eventlog.session import Session, Signpost
from askpanel.eventlog.sessionfile import read as read_session
from askpanel.moderation import playbookfile
from askpanel.moderation.guard import unverified
from askpanel.moderation.playbook import (
    DISTRESS,
    WATCHED,
    Reason,
    Template,
    Unlisted,
    filled,
    named,
)
from askpanel.moderation.playbookfile import PACKAGED, packaged
from askpanel.moderation.watchlist import WatchList
from tests.cast import session
from tests.documents import ROOT

EXAMPLES = sorted(
    path for path in (ROOT / "askpanel/examples").glob("*.toml") if path.stem != "wrong-number"
)
PLAYBOOK = packaged()


def sign(id_: str, *, phone: str = "", url: str = "", urgent: bool = False) -> Signpost:
    when = {"en": f"When {id_}", "cy": f"Pan {id_}"}
    name = {"en": f"The {id_}", "cy": f"Y {id_}"}
    return Signpost(id=id_, when=when, name=name, phone=phone, url=url, urgent=urgent)


HELD: Session = session(
    signposts=[
        sign("emergency", phone="999", urgent=True),
        sign("helpline", phone="0808 1000 900", url="https://www.stopitnow.org.uk"),
        sign("report", url="https://www.gmp.police.uk"),
    ]
)
EMERGENCY = "When emergency: The emergency, 999"
HELPLINE = "When helpline: The helpline, 0808 1000 900, https://www.stopitnow.org.uk"
REPORT = "When report: The report, https://www.gmp.police.uk"


# The file that comes with the program


def test_the_packaged_playbook_is_good_and_has_what_triage_needs() -> None:
    codes = [each.code for each in PLAYBOOK.reasons]
    assert {"abusive", "live-case", "names-a-person", "identifies-you", "off-topic"} < {*codes}
    assert {"duplicate", "advertising", "not-a-question"} < {*codes}
    hidden = {each.code for each in PLAYBOOK.reasons if each.hide}
    assert {"abusive", "live-case", "names-a-person", "identifies-you"} <= hidden
    assert "off-topic" not in hidden
    assert {"crime", "live-case"} <= {each.code for each in PLAYBOOK.diversions}
    decided = {"no-danger", "signposted", "reported", "handed-over", "by-mistake"}
    assert decided == {each.code for each in PLAYBOOK.decisions}
    assert PLAYBOOK.replies
    assert PLAYBOOK.canned
    assert PLAYBOOK.labels
    for lang in LOCALES:
        assert set(PLAYBOOK.watch[lang]) == set(WATCHED)


def test_no_two_languages_of_the_packaged_playbook_say_the_same() -> None:
    """Words that were copied and not translated would otherwise look complete."""
    texts = [each.label for each in PLAYBOOK.reasons + PLAYBOOK.replies + PLAYBOOK.labels]
    texts += [each.words for each in PLAYBOOK.reasons + PLAYBOOK.diversions]
    texts += [each.text for each in PLAYBOOK.replies + PLAYBOOK.canned]
    for text in texts:
        assert text["en"] != text["cy"]


@pytest.mark.parametrize("lang", LOCALES)
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_a_template_that_is_filled_passes_the_number_guard(example: Path, lang: str) -> None:
    held = read_session(example)
    for template in PLAYBOOK.replies + PLAYBOOK.canned:
        text = filled(template.text[lang], held, lang)
        assert text
        assert "{" not in text
        assert unverified(text, held) == []


@pytest.mark.parametrize(
    ("lang", "text", "kind"),
    [
        ("en", "I dont want to be here any more", "distress"),
        ("en", "I have been SUICIDAL for weeks", "distress"),
        ("en", "I know where he lives", "threat"),
        ("en", "He is touching my daughter", "danger"),
        ("en", "They took my laptop and I will lose everything", "fear"),
        ("cy", "Dwi isio marw", "distress"),
        ("cy", "Rwy'n meddwl am ladd fy hun", "distress"),
        ("cy", "Mae o'n haeddu marw", "threat"),
        ("cy", "Mae'n digwydd nawr", "danger"),
        ("cy", "Rydw i o dan ymchwiliad", "fear"),
    ],
)
def test_the_watch_lists_find_what_they_are_for(lang: str, text: str, kind: str) -> None:
    assert kind in WatchList(PLAYBOOK.watch).found(text, [lang])


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "What does the law say about pictures that were sent to somebody of 15?"),
        ("en", "How do I talk with my son about what he sees online?"),
        ("cy", "Beth mae'r gyfraith yn ei ddweud am luniau a anfonwyd at rywun 15 oed?"),
        ("cy", "Sut alla i siarad â fy merch am bwy mae hi'n siarad â nhw ar-lein?"),
    ],
)
def test_a_plain_question_is_on_no_watch_list(lang: str, text: str) -> None:
    assert WatchList(PLAYBOOK.watch).found(text, [lang]) == {}


def test_the_phrase_of_distress_is_there_in_both_languages() -> None:
    assert "lladd fy hun" in PLAYBOOK.watch["cy"][DISTRESS]
    assert "kill myself" in PLAYBOOK.watch["en"][DISTRESS]


# Which file


def test_a_file_of_ones_own_takes_the_place_of_the_packaged_one(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    written = PACKAGED.read_text("utf-8").replace('"off-topic"', '"not-for-us"')
    own.write_text(written, "utf-8")
    assert load(playbook=str(own)).said().reason("not-for-us").key == "4"
    assert load().said() is packaged()


# Codes


def test_every_list_gives_its_items_by_their_codes() -> None:
    reason, diversion = PLAYBOOK.reason("live-case"), PLAYBOOK.diversion("crime")
    assert PLAYBOOK.told(reason) == reason.words
    assert PLAYBOOK.told(diversion)["cy"].startswith("Diolch")
    assert PLAYBOOK.reply("urgent").code == "urgent"
    assert PLAYBOOK.canned_answer("not-advice").code == "not-advice"
    assert PLAYBOOK.decision("by-mistake").label["en"] == "Escalated by mistake"
    assert PLAYBOOK.label("follow-up").code == "follow-up"


@pytest.mark.parametrize(
    "look", ["reason", "reply", "diversion", "canned_answer", "decision", "label"]
)
def test_a_code_that_is_not_there_is_named(look: str) -> None:
    with pytest.raises(Unlisted, match=r"The playbook has no [a-z ]+ called 'nonsense'\.") as error:
        getattr(PLAYBOOK, look)("nonsense")
    assert error.value.code == "nonsense"


def test_a_label_is_said_in_the_readers_language_and_a_lost_one_by_its_code() -> None:
    assert PLAYBOOK.label_words("first", "cy") == "I'w ateb yn gyntaf"
    assert PLAYBOOK.label_words("first", "fr") == "Answer first"
    assert PLAYBOOK.label_words("of-last-year", "en") == "of-last-year"
    assert named(PLAYBOOK.reasons, "live-case", "en") == "About a live case"


def test_what_was_told_is_the_records_own() -> None:
    reason = Reason(code="x", label={"en": "X"}, words={"en": "No."})
    told = PLAYBOOK.told(reason)
    told["en"] = "Yes."
    assert reason.words == {"en": "No."}


# Templates


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Call:\n{urgent}\nNow.", ["Call:", EMERGENCY, "Now."]),
        ("{signposts}", [EMERGENCY, HELPLINE, REPORT]),
        ("- {signpost:report}", [f"- {REPORT}"]),
        ("  {signpost:report}  ", [REPORT]),
        ("{urgent}\n{signposts}", [EMERGENCY, HELPLINE, REPORT]),
        ("Call:\n\n{signpost:nobody}\n\nNow.", ["Call:", "", "Now."]),
        ("- {signpost:nobody}\n- {urgent}", [f"- {EMERGENCY}"]),
        ("{signpost:nobody}", [""]),
        ("Nothing to fill in.", ["Nothing to fill in."]),
    ],
)
def test_a_template_is_filled_with_the_sessions_signposts(text: str, lines: list[str]) -> None:
    assert filled(text, HELD, "en").split("\n") == lines


def test_a_template_is_filled_in_the_language_of_who_asked() -> None:
    assert filled("{urgent}", HELD, "cy") == "Pan emergency: Y emergency, 999"


def test_a_session_in_one_language_gives_its_own_words() -> None:
    only = [Signpost(id="a", when={"en": "Now"}, name={"en": "Us"}, phone="101", urgent=True)]
    held = session(languages=["en"], signposts=only)
    assert filled("{urgent}", held, "cy") == "Now: Us, 101"


def test_what_a_signpost_says_is_never_filled_in_again() -> None:
    sly = Signpost(id="a", when={"en": "{signposts}"}, name={"en": "{urgent}"}, phone="101")
    held = session(languages=["en"], signposts=[sly])
    assert filled("{signposts}", held, "en") == "{signposts}: {urgent}, 101"


def test_the_packaged_file_is_read_from_the_package() -> None:
    assert playbookfile.read(PACKAGED) == PLAYBOOK
    assert all(isinstance(each, Template) for each in PLAYBOOK.replies)
    assert set(tomllib.loads(PACKAGED.read_text("utf-8"))) == {
        *("reasons", "replies", "diversions", "canned", "decisions", "labels", "watch")
    }
