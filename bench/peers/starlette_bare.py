"""The least that a page and a socket can cost on what Askpanel is built on: Starlette and uvicorn
with the same loop and parsers, a page that is ready, a socket that is accepted and told one text.

Usage: python -m bench.peers.starlette_bare PORT BYTES_OF_PAGE BYTES_OF_TEXT [rested]

Rested is its garbage collector then, as Askpanel's: a comparison without that.
"""

from __future__ import annotations

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from askpanel.chat.collector import rest

PORT, PAGE_BYTES, TEXT_BYTES = (int(word) for word in sys.argv[1:4])
RESTED = "rested" in sys.argv[4:]
PAGE = b'<ol data-position="1" data-epoch="one">'.ljust(PAGE_BYTES, b"x")
TEXT = '{"position":1}'.ljust(TEXT_BYTES)


async def page(_: Request) -> Response:
    """The page, without drawing anything."""
    return HTMLResponse(PAGE)


async def live(socket: WebSocket) -> None:
    """One text, and stay until the reader leaves."""
    await socket.accept()
    await socket.send_text(TEXT)
    try:
        while True:
            await socket.receive_text()
    except WebSocketDisconnect:
        pass


app = Starlette(routes=[Route("/page", page), WebSocketRoute("/live", live)])

if __name__ == "__main__":
    if RESTED:
        rest()
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=PORT,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        access_log=False,
        log_level="warning",
    )
