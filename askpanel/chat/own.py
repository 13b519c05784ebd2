"""What people do with their own questions: take one back, or say whether a reply helped."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from askpanel.chat import origin
from askpanel.chat.fields import Unreadable, read_fields
from askpanel.chat.locale import N_, local_path
from askpanel.chat.number import NUMBER
from askpanel.chat.pages import no_such_session
from askpanel.chat.site import Site, problem, wants_json
from askpanel.eventlog.model import Actor, Done, Refused

ELSEWHERE = (
    N_("Not from this page"),
    N_("Your question could not be sent from this page. Open the page again"),
)
NOT_WITHDRAWN = (
    N_("This question cannot be withdrawn"),
    N_("It is not yours, or a moderator has already decided on it."),
)
NOT_HEARD = (
    N_("This could not be taken"),
    N_("The reply is not yours, or a moderator has decided on the question again since."),
)
THANKS = N_("Thank you for telling us.")


class Own:
    """Endpoints for the author of a question; whose it is says the cookie."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def routes(self) -> list[Route]:
        here = f"/sessions/{{slug}}/questions/{NUMBER}"
        return [
            Route(f"{here}/withdraw", self.withdraw, methods=["POST"], name="withdraw"),
            Route(f"{here}/respond", self.respond, methods=["POST"], name="respond"),
        ]

    async def withdraw(self, request: Request) -> Response:
        """Take one's own question back while no moderator has decided on it."""
        return await self._give(request, "withdraw", NOT_WITHDRAWN)

    async def respond(self, request: Request) -> Response:
        """Say that a private reply helped, or that one still needs help: `helped` is yes or no."""
        try:
            helped = (await read_fields(request)).get("helped", "")
        except Unreadable as unreadable:
            return problem(self.site, request, unreadable.status, *NOT_HEARD)
        if helped not in ("yes", "no"):
            return problem(self.site, request, 422, *NOT_HEARD)
        return await self._give(request, "respond", NOT_HEARD, helped=helped)

    async def _give(
        self, request: Request, command: str, refused: tuple[str, str], **fields: str
    ) -> Response:
        slug, number = request.path_params["slug"], request.path_params["number"]
        room = await self.site.hub.room(slug)
        if room is None:
            return no_such_session(self.site, request)
        if not origin.allowed(request.headers, self.site.origins):
            return problem(self.site, request, 403, *ELSEWHERE)
        actor = Actor(role="author", author=self.site.author(request, room) or "nobody")
        try:
            done = await self.site.hub.store.decide(slug, number, command, actor, **fields)
        except Refused as refusal:
            # To a stranger every number is the same: what became of it is not theirs to know.
            question = refusal.question
            missing = question is None or question.author != actor.author
            return problem(self.site, request, 404 if missing else 409, *refused)
        if wants_json(request):
            said = {"say": self.site.view(request).gettext(THANKS)} if fields else {}
            return stored(done, 200, **said)
        path = local_path(request.state.locale, f"/sessions/{slug}")
        return RedirectResponse(f"{path}?position={done.position}#mine-heading", 303)


def stored(done: Done, status: int, **further: str) -> Response:
    """What a script is told of a command that happened."""
    return JSONResponse(
        {
            **further,
            "number": done.question.number,
            "state": done.question.state,
            "position": done.position,
        },
        status,
    )
