"""Where to go after signing in: only to a page of the staff's own."""

from __future__ import annotations

import re

LONGEST = 512
_SEGMENT = r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*"
_PATH = re.compile(rf"(?:/[a-z]{{2}})?/staff(?:/{_SEGMENT})*(?:\?[A-Za-z0-9._~=&+%-]*)?")
_DOOR = re.compile(r"(?:/[a-z]{2})?/staff/sign-")


def path(wanted: str) -> str:
    """`wanted` if it is the path of a staff page, else "".

    What is allowed is listed, not what is forbidden: browsers read `//`, `/\\`, tabs and line
    breaks in surprising ways. The door itself is not a place to go to from the door.
    """
    fits = len(wanted) <= LONGEST and _PATH.fullmatch(wanted) and not _DOOR.match(wanted)
    return wanted if fits else ""
