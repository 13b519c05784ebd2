"""How nearly two questions ask the same.

Word by word, not letter by letter: "will the police tell my wife" and "will the police tell my
boss" share most of their letters and want two answers. What counts is the words that carry the
question; each that stands in one of two only counts against them, and twice where the other one
has a word in its place. A negation, a number or an age is such a word. The order is not looked at,
so "does the helpline tell the police" is like "do the police tell the helpline".

The tables are small on purpose, and measured: `bench/similar.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct
from rapidfuzz.distance import OSA

from askpanel.moderation.plainwords import ENGLISH, WELSH, listed
from askpanel.moderation.tongue import OTHER, tongue_of
from askpanel.moderation.unmasked import bare, form_of, unmasked, words_of

WEAK, FIRM = 0.35, 1.0
"""What a word weighs: "when" and "where" a little, what they are asked of wholly."""
SUBSTITUTED = 1.0
"""What it costs, beside the words themselves, that one has another word in its place."""
ANOTHER = 0.6
"""What is left of the likeness if one denies what the other says, or both name a number or a
member of the family, and not the same."""
MOST_WORDS, MOST_SLIPS = 60, 2
NOT = "¬"
_JOINED = re.compile(r"'(?:s|d|ll|re|ve|r|n|i|u|w|ch|th)$", re.IGNORECASE)
"""What is written to the end of a word and belongs to another: `son's`, `mae'r`."""

_ENGLISH_TELLING = listed(
    """
    ask asked give given happen help keep look looked looking looks look many made make makes making
    send sent say saw see seen take tell told tells use used using work under first last new
    before after until without with
    """
)
_WELSH_TELLING = listed(
    """
    cael help hun gymorth gofyn gwybod wybod dweud deud ddweud ddeud heb gyda newydd ateb dod cyn
    erbyn wedi
    """
)
_ENGLISH_MORE = listed(
    """
    actually always anybody bit else even ever exactly generally just kind lot normally often person
    people possible possibly probably question really somehow sort truly usually guys mate away
    automatically count sure wonder wondering curious hey hiya each other both
    """
)
_WELSH_MORE = listed(
    """
    fel arfer wir gwirionedd gwbl rhywun pobl cwestiwn hollol fath wedi hefyd bob amser caf mynd
    gymryd cymryd dylwn gwelais gwirioneddol
    """
)
_ENGLISH_NOT = listed(
    """
    not no never none nobody nothing neither nor cannot cant dont doesnt didnt isnt arent
    wasnt werent wont wouldnt couldnt shouldnt havent hasnt hadnt
    """
)
_WELSH_NOT = listed("na nac nad ni nid ddim dim neb byth doedd nes peidio peidiwch")
_KIN = listed(
    """
    wife husband partner boyfriend girlfriend fiance fiancee ex son daughter brother sister mum dad
    uncle aunt auntie cousin nephew niece grandson granddaughter grandfather grandmother grandad
    gran nan stepson stepdaughter stepdad stepmum friend neighbour colleague teacher coach boss
    employer lodger tenant myself himself herself
    gwraig ngwraig wraig gwr ngwr mab merch ferch brawd chwaer mam tad nhad ewythr modryb cefnder
    nai nith wyr wyres taid nain tadcu mamgu ffrind cymydog nghymydog athro athrawes bos cyflogwr
    nghyflogwr cariad nghariad
    """
)
_ASKING = listed(
    "who where when why which long many much old without pwy ble pryd pam faint hir heb"
)
_STOP = {
    "en": (ENGLISH - _ENGLISH_TELLING) | _ENGLISH_MORE,
    "cy": (WELSH - _WELSH_TELLING) | _WELSH_MORE,
}
_NOT = {"en": _ENGLISH_NOT, "cy": _WELSH_NOT}

_SAME: Mapping[str, str] = {
    word: group.split()[0]
    for group in (
        "image images picture pictures pic pics photo photos photograph photographs",
        "child children kid kids",
        "police cops officers officer",
        "phone phones mobile",
        "computer computers laptop laptops pc",
        "prison jail",
        "ring call ringing calling rang",
        "see saw seen",
        "look looks looking looked viewing view viewed views",
        "send sent sends sending",
        "tell told tells telling",
        "take took taken takes taking",
        "find found finds finding",
        "illegal unlawful ilegal",
        "gp doctor doctors",
        "mum mother mam mums",
        "dad father dads",
        "help support supported helping",
        "nude nudes naked",
        "number numbers",
        "get gets got getting",
        "give gives gave given giving",
        "keep keeps kept keeping",
        "partner partners",
        "wife wives",
        "llun lluniau luniau delwedd delweddau ddelweddau",
        "cymorth gymorth help cefnogaeth gefnogaeth chymorth",
        "dweud ddweud deud ddeud dwedodd",
        "meddyg feddyg doctor",
        "cadw gadw",
        "cael gael chael",
    )
    for word in group.split()
}


class Content(Struct, frozen=True):
    """What a question is about: the language it is in, its telling words with their weights, and
    its normal form."""

    tongue: str
    weights: dict[str, float]
    form: str
    total: float = 0
    kin: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()

    @property
    def telling(self) -> list[str]:
        """The words to look others up by."""
        return [word for word, weight in self.weights.items() if weight >= FIRM and word != NOT]


def content_of(text: str, lang: str) -> Content:
    """A question's content; `lang` is the page's, for where its words do not tell."""
    plain = unmasked(text)
    tongue = tongue_of(plain) or lang
    written = words_of(plain)
    words = [bare(_JOINED.sub("", word)) for word in written[:MOST_WORDS]]
    weights = dict(_weighed(words, tongue))
    kin = frozenset(_stem(_SAME.get(word, word), tongue) for word in words if word in _KIN)
    numbers = frozenset(word for word in weights if word[:-1].isdigit())
    total = sum(weights.values())
    return Content(tongue, weights, form_of(plain, written), total, kin, numbers)


def likeness(one: Content, two: Content, least: int = 0) -> int:
    """0 (nothing in common) to 100 (the same words); 0 where it cannot reach `least`."""
    if one.form == two.form:
        return 100 if one.form else 0
    if one.tongue != two.tongue:
        return 0
    shared = one.weights.keys() & two.weights.keys()
    matched = sum(one.weights[word] for word in shared)
    left, right = one.total - matched, two.total - matched
    slips = min(MOST_SLIPS, len(one.weights) - len(shared), len(two.weights) - len(shared))
    if not matched or _share(matched + slips, left - slips, right - slips) < least:
        return 0
    mine = [word for word in one.weights if word not in shared] if slips else []
    yours = [word for word in two.weights if word not in shared]
    for word in mine:
        near = next((other for other in yours if _misspelt(word, other)), None)
        if near is not None and slips:
            slips -= 1
            yours.remove(near)
            matched += one.weights[word]
            left, right = left - one.weights[word], right - two.weights[near]
    return round(_share(matched, left, right) * _same_case(one, two))


def _share(matched: float, left: float, right: float) -> float:
    """How much of two questions is in both, in hundredths; what is left over is of one only."""
    left, right = max(left, 0), max(right, 0)
    apart = (left + right) / 2 + SUBSTITUTED * min(left, right)
    return 100 * matched / (matched + apart)


def _same_case(one: Content, two: Content) -> float:
    """1, or what is left where the words are alike and what they are about is not."""
    denied = (NOT in one.weights) != (NOT in two.weights)
    others = one.kin and two.kin and one.kin.isdisjoint(two.kin)
    counted = one.numbers and two.numbers and one.numbers.isdisjoint(two.numbers)
    return ANOTHER if denied or others or counted else 1


def _weighed(words: list[str], tongue: str) -> Iterator[tuple[str, float]]:
    stop, negations = _STOP.get(tongue, frozenset()), _NOT.get(tongue, frozenset())
    before = ""
    for word in words:
        named = before.startswith("categor") and len(word) == 1
        if named or word.isdigit():
            yield f"{word}.", FIRM
        elif word in negations:
            yield NOT, FIRM
        elif word in _ASKING:
            yield word, WEAK
        elif word not in stop and (len(word) > 1 or tongue == OTHER):
            yield _stem(_SAME.get(word, word), tongue), FIRM
        before = word


def _stem(word: str, tongue: str) -> str:
    return _welsh_stem(word) if tongue == "cy" else _english_stem(word)


def _english_stem(word: str) -> str:
    """A word without its commonest endings: enough to bring `arrested` and `arrests` together."""
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    for ending in ("ations", "ation", "ings", "ing", "ions", "ion", "ers", "ed", "es", "er", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            stem = word[: -len(ending)]
            return stem[:-1] if stem[-1] == stem[-2] and stem[-1] not in "ls" else stem.rstrip("e")
    return word.rstrip("e") if len(word) > 4 else word


def _welsh_stem(word: str) -> str:
    """A word without its plural, and with one first letter for all that it mutates to."""
    for ending in ("iadau", "iaid", "iau", "ion", "oedd", "au"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    for mutated, radical in (
        ("ngh", ""),
        ("ff", "ff"),
        *((sounds, "P") for sounds in ("mh", "ph")),
        *((sounds, "T") for sounds in ("nh", "th", "dd")),
        *((sounds, "") for sounds in ("ng", "ch", "c", "g")),
        *((sounds, "L") for sounds in ("ll", "l")),
        *((sounds, "R") for sounds in ("rh", "r")),
        *((sounds, "P") for sounds in ("p", "b", "f", "m")),
        *((sounds, "T") for sounds in ("t", "d", "n")),
    ):
        if word.startswith(mutated):
            return radical + word[len(mutated) :]
    return word


def _misspelt(one: str, two: str) -> bool:
    """Whether two words may be one with a slip of the finger: never short words, never numbers."""
    shortest = min(len(one), len(two))
    if shortest < 5 or one[0] != two[0]:
        return False
    most = 1 if shortest < 8 else 2
    return OSA.distance(one, two, score_cutoff=most) <= most
