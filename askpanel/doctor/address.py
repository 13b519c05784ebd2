"""Can people reach the service at the address that they type, and is it this service?"""

from __future__ import annotations

from askpanel.config import Config
from askpanel.doctor import asking
from askpanel.doctor.asking import Answer, Handshake, Unanswered
from askpanel.doctor.finding import Notes
from askpanel.doctor.sight import Sight

AREA = "The public address"
FOREIGN = "https://somebody-else.example"
NO_SESSION = "There is no session here."
SHORT, LAST_DAYS = 14, 3
DUE = {
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "content-security-policy": "default-src 'none'",
}
"""How headers of every page begin."""


def judge(config: Config, app: str, slug: str, sight: Sight) -> Notes:
    """`app` is where the service itself listens; `slug` a session's, or ""."""
    notes = Notes(AREA)
    public = config.base_url or app
    if not _answers(notes, public):
        return notes
    try:
        if config.secure:
            _certificate(notes, public, sight)
        _headers(notes, public, config)
        _sockets(notes, public, slug)
        _client(notes, public, config)
        if public != app:
            _hidden(notes, public)
    except Unanswered as error:
        notes.fault(
            f"{public} stopped answering while it was looked at: {error}.",
            "people see the page break off.",
            "see in the logs of the proxy and the service what ended; then ask again.",
        )
    return notes


def _answers(notes: Notes, public: str) -> bool:
    try:
        ready, page = asking.get(f"{public}/health/ready"), asking.get(f"{public}/")
    except Unanswered as error:
        notes.fault(
            f"{public} cannot be reached: {error}.",
            "nobody can come.",
            "look at the name's DNS entry, the proxy, the firewall and the certificate, and at "
            "ASKPANEL_BASE_URL.",
        )
        return False
    if ready.status != 200:
        words = ready.text.strip()[:80] or "nothing"
        notes.fault(
            f"{public}/health/ready answers {ready.status}: {words}.",
            "502 or 504 come from a proxy that does not reach the service; 503 says that the "
            "store is away; 404, that another program answers there.",
            "let the proxy pass everything on to the service, and see that both run.",
        )
    if page.status != 200 or "content-security-policy" not in page.headers:
        notes.fault(
            f"The front page at {public} is not Askpanel's (status {page.status}).",
            "people see something else.",
            "correct ASKPANEL_BASE_URL or the proxy: / is Askpanel's, and it sets its own headers.",
        )
        return False
    if ready.status == 200:
        notes.ok(f"{public} answers, and is ready.")
    return True


def _certificate(notes: Notes, public: str, sight: Sight) -> None:
    try:
        days = (asking.certificate_ends(public) - sight.now()) / 86_400
    except Unanswered as error:
        notes.fault(f"Its certificate cannot be read: {error}.", "browsers refuse it.", "renew it.")
        return
    says = f"Its certificate is valid for another {max(0, int(days))} days."
    why, mend = (
        "after that browsers refuse to open the page.",
        "see why it is not renewed by itself.",
    )
    if days < LAST_DAYS:
        notes.fault(says, why, mend)
    elif days < SHORT:
        notes.warning(says, why, mend)
    else:
        notes.ok(says)


def _headers(notes: Notes, public: str, config: Config) -> None:
    page = asking.get(f"{public}/", {"Accept-Encoding": "gzip"})
    due = {**DUE, **({"strict-transport-security": "max-age="} if config.secure else {})}
    lacking = [name for name, start in due.items() if not given(page, name).startswith(start)]
    if lacking:
        notes.fault(
            f"The proxy takes away or changes headers of the page: {', '.join(lacking)}.",
            "they keep what people read out of caches, and other sites out of the page.",
            "let the proxy pass the service's headers on as they are, and add none of these.",
        )
    if "set-cookie" in page.headers:
        notes.fault(
            "Who only reads is given a cookie by something in front.",
            "readers are promised that they get none: a cookie tells one of them from the others.",
            "turn off sticky sessions and the like in the proxy; Askpanel does not need them.",
        )
    # What may be compressed of the public's pages the service compresses itself; never this one.
    form = asking.get(f"{public}/staff/sign-in", {"Accept-Encoding": "gzip"})
    if "content-encoding" in form.headers:
        notes.warning(
            "The proxy compresses pages.",
            "the length of a compressed page can betray the secret in its forms (BREACH).",
            "turn it off: the service compresses what it may.",
        )
    if not lacking and "set-cookie" not in page.headers:
        notes.ok("Its headers arrive as they were sent, and readers get no cookie.")


def let_in(handshake: Handshake) -> bool:
    """Whether the origin was ours: who has passed that is told that there is no such session."""
    return handshake.status == 101 or (handshake.status == 404 and NO_SESSION in handshake.text)


def given(answer: Answer, name: str) -> str:
    return answer.headers.get(name, "")


def _sockets(notes: Notes, public: str, slug: str) -> None:
    # After 0 of no epoch: whatever the session holds, the answer is one reset.
    place = f"{public}/sessions/{slug or 'askpanel-doctor'}/live?after=0&epoch=doctor"
    why = "answers do not appear by themselves: people must load the page again and again."
    try:
        own, foreign = asking.handshake(place, public), asking.handshake(place, FOREIGN)
    except Unanswered as error:
        notes.fault(
            f"A live connection could not be opened: {error}.",
            why,
            "let the proxy pass WebSockets on, and keep silent ones open for 20 seconds at least.",
        )
        return
    if own.status == 403:
        notes.fault(
            f"Live connections from {public} are refused as another site's.",
            f"{why} And nobody can send a question.",
            "the proxy must not change Origin; the running service must have the same "
            "ASKPANEL_BASE_URL as this command: restart it.",
        )
    elif let_in(own):
        notes.ok("Live connections from our own page are let in.")
    else:
        notes.fault(
            f"A live connection from our own page got {own.status} instead.",
            why,
            "let the proxy pass on Upgrade and Connection, with HTTP/1.1 to the service.",
        )
    if foreign.status == 403:
        notes.ok("Live connections from another site's page are refused.")
    elif let_in(foreign):
        notes.fault(
            f"A live connection from another site's page was let in ({foreign.status}).",
            "any page that a member of staff opens could read the queue.",
            "the proxy must pass Origin on as the browser sent it.",
        )


def _client(notes: Notes, public: str, config: Config) -> None:
    heard = asking.get(f"{public}/health/proxy").text.strip()
    why = (
        f"all people count as one network: after {config.sockets_per_client} live connections the "
        "next one sees no answers."
    )
    if heard == "named":
        notes.ok("The proxy says who asks, so that limits count each network by itself.")
    elif heard == "untrusted":
        notes.fault(
            "A proxy in front is not trusted, so what it says of people is not believed.",
            why,
            "set ASKPANEL_TRUSTED_PROXIES to the address that the proxy comes from, and restart.",
        )
    elif heard not in ("unnamed", "direct"):
        notes.fault(
            f"{public}/health/proxy does not answer as the service does.",
            "whether the proxy says who asks cannot be seen.",
            "let the proxy pass /health/ on as it is, and restart a service of an older version.",
        )
    elif heard == "unnamed" or config.secure:
        notes.fault(
            "The proxy does not say who asks.",
            why,
            "let it send X-Forwarded-For with the client's address (and log it nowhere).",
        )
    else:
        notes.ok("No proxy stands in front.")


def _hidden(notes: Notes, public: str) -> None:
    if asking.get(f"{public}/metrics").status == 200:
        notes.warning(
            "Everybody can read /metrics.",
            "it names nobody, but shows how many people are there and what is refused.",
            "answer 404 to it in the proxy, as deploy/Caddyfile does.",
        )
    else:
        notes.ok("The numbers are not for the public.")
