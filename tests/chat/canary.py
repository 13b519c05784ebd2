"""A server to run as a program of its own, whose every printed byte a test can search.

`python -m tests.chat.canary plain|ours|json|loud` prints its port, then whatever it prints.
`plain` is uvicorn as it comes, with its access log off; `ours` is our configuration, and `json` the
same with JSON lines; `loud` is ours with every logger turned up by somebody who wanted to see more.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket

from askpanel.chat.anonymity import Anonymity
from askpanel.chat.wire import server_config


async def page(request: Request) -> Response:
    """Fails with somebody's words, now or later, if it is sent any."""
    words = (await request.body()).decode()
    if request.url.path.endswith("/later"):
        asyncio.get_running_loop().create_task(fail(words))  # and lost
        await asyncio.sleep(0.05)
        gc.collect()
    elif words:
        await fail(words)
    return PlainTextResponse("a page")


async def fail(words: str) -> None:
    """As code does that was not expecting this."""
    raise ValueError(f"cannot read {words!r}")


async def live(ws: WebSocket) -> None:
    """A socket that fails with what it is told."""
    await ws.accept()
    while True:
        await fail(await ws.receive_text())


def main(kind: str) -> None:
    """Serve until the process is told to end."""
    logging.captureWarnings(capture=True)
    app: ASGIApp = Starlette(
        routes=[
            WebSocketRoute("/{path:path}", live),
            Route("/{path:path}", page, methods=["GET", "POST"]),
        ]
    )
    if kind == "plain":
        config = uvicorn.Config(app, access_log=False, log_level="debug", ws="websockets-sansio")
    else:
        form = "json" if kind == "json" else "text"
        guarded = Anonymity(app, ["127.0.0.6"])
        config = server_config(guarded, host="127.0.0.1", port=0, log_format=form)
    if kind == "loud":
        for name in ["", "uvicorn", "uvicorn.error", "askpanel", "websockets", "asyncio"]:
            logging.getLogger(name).setLevel(logging.DEBUG)
    sock = socket.create_server(("127.0.0.1", 0))
    print(sock.getsockname()[1], flush=True)  # noqa: T201 — for the test that started this
    uvicorn.Server(config).run(sockets=[sock])


if __name__ == "__main__":
    main(sys.argv[1])
