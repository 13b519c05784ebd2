"""A telephone number that is fit to be shown to somebody who needs help.

Free and standard-rate numbers of the United Kingdom are. Refused, each with its kind
named (Ofcom, National Telephone Numbering Plan):

- 09, premium rate; 118, directory enquiries: pounds a minute;
- 084 and 087, whose owner is paid by the caller on top of the call;
- 070, personal numbers, which look like mobiles and cost like premium rate;
- 076, pagers, and numbers that only take texts: nobody answers;
- numbers abroad, and numbers that do not exist.

03 is charged like 01 and 02 and is accepted; so are mobiles, and the Channel Islands and
the Isle of Man, which share the code +44.
"""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType, shortnumberinfo

from askpanel.eventlog.sessionfile.mistake import Fault, shown

REGION = "GB"
COUNTRY_CODE = 44

FREE_OR_STANDARD = "Give a number that is free or standard rate: 0800, 0808, 01, 02, 03 or 116."
CHECK_IT = "Check it with its owner, digit by digit."

_SPELLING = re.compile(r"\+?[0-9(][0-9 ()-]{0,23}[0-9]")
_TEXT_CODE = re.compile(r"[678][0-9]{4}")

_DEAR = {
    "9": "a premium-rate number",
    "84": "an 084 number, which costs a service charge on top of the call",
    "87": "an 087 number, which costs a service charge on top of the call",
    "70": "a personal number (070), which costs far more than it looks",
}
_ANSWERED = {
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.UAN,
    PhoneNumberType.VOIP,
}


def phone_fault(written: str) -> Fault | None:
    """Return what is wrong with the number, or None. ``written`` is as in the file.

    A number that passes can be dialled as it stands once all but digits and ``+`` is
    left out.
    """
    if not _SPELLING.fullmatch(written):
        says = f"{shown(written)} is not written as a telephone number."
        return Fault(says, 'Use digits and spaces, like this: phone = "0808 1000 900"')
    dialled = re.sub(r"[^0-9+]", "", written)
    if dialled.startswith(("00", "+440")):
        says = f"{written} cannot be dialled as it stands."
        return Fault(says, "Begin with 0, or with +44 and no 0 after it.")
    try:
        number = phonenumbers.parse(dialled, REGION)
    except NumberParseException:
        return Fault(f"{written} is not a telephone number.", CHECK_IT)
    if dialled.startswith(("0", "+")):
        return _long_fault(written, number)
    return _short_fault(written, number)


def _long_fault(written: str, number: PhoneNumber) -> Fault | None:
    if number.country_code != COUNTRY_CODE:
        return Fault(f"{written} is a number outside the United Kingdom.", FREE_OR_STANDARD)
    digits = str(number.national_number)
    # By its first digits too: the metadata calls 084 and 087 premium rate, and does not
    # know the kind of a number that is also too short or not in use.
    for first, kind in _DEAR.items():
        if digits.startswith(first):
            return Fault(f"{written} is {kind}.", FREE_OR_STANDARD)
    if not phonenumbers.is_valid_number(number):
        return Fault(f"{written} is not a number in use in the United Kingdom.", CHECK_IT)
    number_type = phonenumbers.number_type(number)
    if number_type == PhoneNumberType.PAGER:
        return Fault(f"{written} is a pager, which nobody answers.", FREE_OR_STANDARD)
    if number_type not in _ANSWERED:
        return Fault(f"{written} may not be free or standard rate.", FREE_OR_STANDARD)
    return None


def _short_fault(written: str, number: PhoneNumber) -> Fault | None:
    """Judge a number dialled without a leading 0, such as 999, 101, 111 or 116 123."""
    digits = str(number.national_number)
    if digits.startswith("118"):
        return Fault(f"{written} is directory enquiries, which is premium rate.", FREE_OR_STANDARD)
    # The metadata does not tell which of Britain's short numbers only take texts.
    if _TEXT_CODE.fullmatch(digits):
        return Fault(
            f"{written} is a number for texts, and nobody answers a call.", FREE_OR_STANDARD
        )
    if shortnumberinfo.is_valid_short_number_for_region(number, REGION):
        return None
    says = f"{written} is not a short number in use in the United Kingdom."
    return Fault(says, "Check it. A number that is not short begins with 0 or +44.")
