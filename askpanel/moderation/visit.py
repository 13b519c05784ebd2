"""Who is at the door of a staff page: the sign-in cookie, and what a request must bring.

A staff page is reached with a live sign-in and a fitting role. A staff form needs more: to come
from one of our own pages, and the token that was drawn into it for this very sign-in. Both are
asked here, once, so that no page can forget them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlencode

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from askpanel.chat import metrics, origin
from askpanel.chat.fields import MOST_BYTES, MOST_FIELDS, Fields, Unreadable, read_fields
from askpanel.chat.locale import local_path
from askpanel.chat.site import wants_json
from askpanel.eventlog.member import Member
from askpanel.eventlog.model import Role, StoreAway
from askpanel.eventlog.staff import Staff
from askpanel.moderation import csrf, local
from askpanel.moderation.passwords import Passwords

SIGN_IN = "/staff/sign-in"
OWED = {
    401: ("WWW-Authenticate", "Form"),  # RFC 9110, 15.5.2: a challenge. It is the form itself.
    413: ("Connection", "close"),  # The rest of the body is on its way, and nobody will read it.
    503: ("Retry-After", "5"),
}
KEPT = ("text", "note", "text_en", "text_cy")
"""Fields that somebody may have spent minutes on; a signed-out click gives them back."""


class Render(Protocol):
    """Draws a template for a request, in its language."""

    def __call__(
        self, request: Request, template_name: str, status: int, /, **context: object
    ) -> Response: ...


@dataclass(frozen=True, slots=True)
class SignInDesk:
    """What signing in depends on. `clock` gives Unix milliseconds; `origins` are whole origins
    (`https://host[:port]`); `secure` says that the public address is https."""

    staff: Staff
    passwords: Passwords
    secret: bytes = field(repr=False)
    clock: Callable[[], int]
    render: Render
    origins: frozenset[str]
    secure: bool

    @property
    def cookie(self) -> str:
        """The cookie's name. With `__Host-` no other host and no plain http page can set it
        (RFC 6265bis, 4.1.3.2), but a browser takes that only over https."""
        return "__Host-askpanel-staff" if self.secure else "askpanel-staff"

    def give(self, response: Response, token: str) -> None:
        """Put a sign-in's token into the browser, until it is closed."""
        response.set_cookie(
            self.cookie, token, path="/", secure=self.secure, httponly=True, samesite="lax"
        )

    def take_back(self, response: Response) -> None:
        """Remove the token from the browser."""
        response.delete_cookie(
            self.cookie, path="/", secure=self.secure, httponly=True, samesite="lax"
        )


@dataclass(frozen=True, slots=True)
class Visit:
    """A staff member at a page. `csrf` goes into its forms; `fields` are what a form brought."""

    member: Member
    token: str = field(repr=False)
    csrf: str = field(repr=False)
    fields: Fields = field(default_factory=Fields, repr=False)


Endpoint = Callable[[Request], Awaitable[Response]]
StaffEndpoint = Callable[[Request, Visit], Awaitable[Response]]


def token_of(connection: HTTPConnection, desk: SignInDesk) -> str:
    """The token that the browser brought, or ""."""
    return connection.cookies.get(desk.cookie, "")


class Foreign(Exception):
    """A form that was sent by somebody else's page."""


async def own_fields(
    request: Request, desk: SignInDesk, most_bytes: int, most_fields: int = MOST_FIELDS
) -> Fields:
    """The fields of a form, if it was sent by one of our own pages; Foreign or Unreadable."""
    if not origin.allowed(request.headers, desk.origins):
        raise Foreign
    return await read_fields(request, most_bytes, most_fields)


def reason(error: Foreign | Unreadable | StoreAway) -> tuple[int, str]:
    """The status of a refusal, and the code of its words."""
    if isinstance(error, Unreadable):
        return error.status, error.code
    return (403, "foreign") if isinstance(error, Foreign) else (503, "away")


async def signed_in(connection: HTTPConnection, desk: SignInDesk) -> Member | None:
    """Who is signed in on a request or a socket, or None. May raise StoreAway."""
    return await desk.staff.signed_in(token_of(connection, desk), desk.clock())


def require(
    desk: SignInDesk, *roles: Role, most_bytes: int = MOST_BYTES, most_fields: int = MOST_FIELDS
) -> Callable[[StaffEndpoint], Endpoint]:
    """A page or command for staff of these roles; for all staff if none is named.

    A page sends whoever is not signed in to sign in, and back again. A form answers 401 and
    gives back what was written. Another's role, another's page or a wrong token answer 403,
    and the store's absence 503. What staff see is never kept by a browser or a proxy.
    """

    def admit(endpoint: StaffEndpoint) -> Endpoint:
        async def admitted(request: Request) -> Response:
            found = await _met(request, desk, frozenset(roles), most_bytes, most_fields)
            response = found if isinstance(found, Response) else await endpoint(request, found)
            return due_headers(response)

        return admitted

    return admit


async def _met(
    request: Request, desk: SignInDesk, roles: frozenset[Role], most_bytes: int, most_fields: int
) -> Visit | Response:
    form = request.method not in {"GET", "HEAD"}
    fields = Fields()
    try:
        if form:
            fields = await own_fields(request, desk, most_bytes, most_fields)
        member = await signed_in(request, desk)
    except (Foreign, Unreadable, StoreAway) as error:
        return refusal(request, desk, *reason(error), kept_of(fields))
    if member is None:
        return _signed_out(request, desk, fields)
    token = token_of(request, desk)
    visit = Visit(member, token, csrf.token(desk.secret, token), fields)
    if roles and member.role not in roles:
        return refusal(request, desk, 403, "wrong_role", kept_of(fields))
    if form and not csrf.valid(desk.secret, token, fields.get("csrf", "")):
        return refusal(request, desk, 403, "wrong_token", kept_of(fields))
    return visit


def kept_of(fields: Mapping[str, str]) -> list[str]:
    """What somebody may have spent minutes on, to be given back with a refusal."""
    return [fields[name] for name in KEPT if fields.get(name)]


def _signed_out(request: Request, desk: SignInDesk, fields: dict[str, str]) -> Response:
    if wants_json(request):
        return refusal(request, desk, 401, "signed_out")
    if request.method in {"GET", "HEAD"}:
        wanted = local_path(locale_of(request), request.url.path)
        query = f"?{request.url.query}" if request.url.query else ""
        return to_sign_in(request, next=local.path(wanted + query))
    return sign_in_page(
        request,
        desk,
        401,
        errors=["signed_out"],
        next=local.path(fields.get("next", "")),
        kept=kept_of(fields),
    )


def to_sign_in(request: Request, **query: str) -> Response:
    """303 to the sign-in page, in the reader's language."""
    asked = urlencode({name: value for name, value in query.items() if value})
    address = local_path(locale_of(request), SIGN_IN)
    return RedirectResponse(f"{address}?{asked}" if asked else address, 303)


def sign_in_page(request: Request, desk: SignInDesk, status: int, **given: object) -> Response:
    """The sign-in page; what is not given is empty. A password is never among it."""
    metrics.count_sign_in(given.get("errors"))
    context = {
        "errors": [],
        "notice": "",
        "username": "",
        "next": "",
        "kept": [],
        "minutes": 0,
        "sign_in_path": local_path(locale_of(request), SIGN_IN),
    }
    return due_headers(desk.render(request, "staff/sign-in.html", status, **{**context, **given}))


def refusal(
    request: Request, desk: SignInDesk, status: int, code: str, kept: Sequence[str] = ()
) -> Response:
    """Why not, in the reader's language: a page with what was typed, or JSON with the words."""
    metrics.staff_refused.labels(code).inc()
    if not wants_json(request):
        response = desk.render(request, "staff/refused.html", status, refusal=code, kept=kept)
    else:
        words = desk.render(request, "staff/refused.txt", status, refusal=code)
        said = bytes(words.body).decode().strip()
        response = JSONResponse({"error": code, "message": said}, status)
    return due_headers(response)


def due_headers(response: Response) -> Response:
    """The response with what its status owes, and never to be kept by a browser or a proxy."""
    response.headers["Cache-Control"] = "no-store"
    owed = OWED.get(response.status_code)
    if owed:
        response.headers.setdefault(*owed)
    return response


def locale_of(request: Request) -> str:
    """The language of the address."""
    return str(getattr(request.state, "locale", "en"))
