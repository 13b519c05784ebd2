"""The staff's door: sign in, sign out here, sign out everywhere.

A wrong username and a wrong password get the same words after the same work, guesses are
counted before they are checked, and a sign-in that was in the browser before is ended, so that
nobody can be made to work under one that another knows.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from askpanel.chat import metrics, origin
from askpanel.chat.fields import Unreadable
from askpanel.chat.locale import local_path
from askpanel.eventlog.member import LONGEST_USERNAME, Member, normal
from askpanel.eventlog.model import StoreAway
from askpanel.moderation import local
from askpanel.moderation.passwords import LONGEST, Busy, prepared
from askpanel.moderation.visit import (
    SIGN_IN,
    Foreign,
    Render,
    SignInDesk,
    Visit,
    due_headers,
    locale_of,
    own_fields,
    reason,
    refusal,
    require,
    sign_in_page,
    signed_in,
    to_sign_in,
    token_of,
)

__all__ = ["Render", "SignInDesk", "Visit", "begin", "require", "routes", "signed_in"]

HOME = "/staff"
MOST_BYTES = 8 * 1024
NOTICES = {"here", "everywhere"}


def routes(desk: SignInDesk) -> list[Route]:
    """The routes of the door."""

    async def page(request: Request) -> Response:
        return due_headers(await _page(request, desk))

    async def sign_in(request: Request) -> Response:
        return due_headers(await _sign_in(request, desk))

    @require(desk)
    async def end_here(request: Request, visit: Visit) -> Response:
        await desk.staff.sign_out(visit.token, desk.clock())
        return _gone(request, desk, "here")

    @require(desk)
    async def end_everywhere(request: Request, visit: Visit) -> Response:
        await desk.staff.sign_out_everywhere(visit.member.username, desk.clock())
        return _gone(request, desk, "everywhere")

    async def sign_out(request: Request) -> Response:
        try:
            return await _ended_already(request, desk) or await end_here(request)
        except StoreAway:
            return refusal(request, desk, 503, "away")

    async def sign_out_everywhere(request: Request) -> Response:
        try:
            return await end_everywhere(request)
        except StoreAway:
            return refusal(request, desk, 503, "away")

    return [
        Route(SIGN_IN, page, methods=["GET"]),
        Route(SIGN_IN, sign_in, methods=["POST"]),
        Route("/staff/sign-out", sign_out, methods=["POST"]),
        Route("/staff/sign-out-everywhere", sign_out_everywhere, methods=["POST"]),
    ]


async def begin(
    request: Request, desk: SignInDesk, member: Member, wanted: str = ""
) -> Response | None:
    """Sign a member in, whose identity the caller has made sure of: 303 to `wanted` or home.

    None if the member was changed or disabled since the record was read. May raise StoreAway.
    """
    token = await desk.staff.sign_in(member.username, member.version, desk.clock())
    if token is None:
        return None
    metrics.sign_ins.labels("begun").inc()
    former = token_of(request, desk)
    if former:
        await desk.staff.sign_out(former, desk.clock())
    response = RedirectResponse(local.path(wanted) or _home(request), 303)
    desk.give(response, token)
    return due_headers(response)


async def _ended_already(request: Request, desk: SignInDesk) -> Response | None:
    """Whose sign-in has ended has what they came for. None for everybody else.

    Another site's form comes without the cookie (SameSite), and looks the same: but taking the
    cookie back, as the answer does, would sign out whoever's browser it is.
    """
    if not origin.allowed(request.headers, desk.origins):
        return refusal(request, desk, *reason(Foreign()))
    if await signed_in(request, desk) is None:
        return due_headers(_gone(request, desk, "here"))
    return None


async def _page(request: Request, desk: SignInDesk) -> Response:
    wanted = local.path(request.query_params.get("next", ""))
    notice = request.query_params.get("signed-out", "")
    try:
        if await signed_in(request, desk):
            return RedirectResponse(wanted or _home(request), 303)
    except StoreAway:
        return sign_in_page(request, desk, 503, errors=["away"], next=wanted)
    return sign_in_page(request, desk, 200, next=wanted, notice=notice if notice in NOTICES else "")


async def _sign_in(request: Request, desk: SignInDesk) -> Response:
    try:
        fields = await own_fields(request, desk, MOST_BYTES)
    except (Foreign, Unreadable) as error:
        status, code = reason(error)
        return sign_in_page(request, desk, status, errors=[code])
    username, password = fields.get("username", ""), fields.get("password", "")
    kept = {"username": username, "next": local.path(fields.get("next", ""))}
    errors = _errors(username, password)
    if errors:
        return sign_in_page(request, desk, 422, errors=errors, **kept)
    try:
        with desk.passwords.place():
            return await _guessed(request, desk, password, kept)
    except Busy:
        return sign_in_page(request, desk, 503, errors=["busy"], **kept)
    except StoreAway:
        return sign_in_page(request, desk, 503, errors=["away"], **kept)


def _errors(username: str, password: str) -> list[str]:
    """What makes a guess not worth checking: the codes of the sign-in page."""
    tests = {
        "username_missing": not normal(username),
        "username_long": len(normal(username)) > LONGEST_USERNAME,
        "password_missing": not password,
        "password_long": len(prepared(password)) > LONGEST,
    }
    return [code for code, found in tests.items() if found]


async def _guessed(
    request: Request, desk: SignInDesk, password: str, kept: dict[str, str]
) -> Response:
    """One guess: counted, then checked, with the same work whether or not the member exists."""
    wait = await desk.staff.attempt(kept["username"], desk.clock())
    if wait:
        response = sign_in_page(
            request, desk, 429, errors=["throttled"], minutes=-(-wait // 60), **kept
        )
        response.headers["Retry-After"] = str(wait)
        return response
    member = await desk.staff.get(kept["username"])
    right = await desk.passwords.verify(member.password if member else None, password)
    if member and right:
        await _strengthen(desk, member, password)
        admitted = await begin(request, desk, member, kept["next"])
        # None is a disabled member, who hears the same words: they do not say who works here.
        if admitted is not None:
            return admitted
    return sign_in_page(request, desk, 401, errors=["wrong"], **kept)


async def _strengthen(desk: SignInDesk, member: Member, password: str) -> None:
    """Hash anew, at today's cost, a password that was hashed at another."""
    if desk.passwords.outdated(member.password):
        stronger = await desk.passwords.hash(password)
        await desk.staff.rehash(member.username, member.password, stronger)


def _gone(request: Request, desk: SignInDesk, how: str) -> Response:
    response = to_sign_in(request, **{"signed-out": how})
    desk.take_back(response)
    return response


def _home(request: Request) -> str:
    return local_path(locale_of(request), HOME)
