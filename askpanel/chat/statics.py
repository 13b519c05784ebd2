"""Static files: their address changes with their content, so browsers keep them for ever. What
shrinks is compressed once, as small as it goes, and held in memory."""

from __future__ import annotations

import gzip
from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from askpanel.chat.joined import joined
from askpanel.chat.packing import takes_gzip

YEAR = "public, max-age=31536000, immutable"
TYPES = {".mjs": "text/javascript", ".js": "text/javascript", ".svg": "image/svg+xml"}
TEXT = (".css", ".js", ".mjs", ".svg", ".txt")


class Kept(NamedTuple):
    """One file in memory; `packed` is empty if compressing it gains nothing."""

    kind: str
    content: bytes
    packed: bytes
    etag: str


class Fixed(StaticFiles):
    """The files of a folder, and those that are joined from them."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory=directory)
        files = {
            path.relative_to(directory).as_posix(): path.read_bytes()
            for path in directory.rglob("*")
            if path.suffix in TEXT and path.is_file()
        }
        self._kept = {name: _kept(name, content) for name, content in files.items()}
        self._kept |= {name: _kept(name, each) for name, each in joined(directory).items()}

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A range is not cut out (RFC 9110, 14.2 lets a server ignore it): files are small."""
        kept = self._kept.get(path)
        if kept is None or scope["method"] not in ("GET", "HEAD"):
            return await super().get_response(path, scope)
        request = Request(scope)
        small = bool(kept.packed) and takes_gzip(request)
        etag = f'"{kept.etag}{"-gz" if small else ""}"'
        headers = {"cache-control": YEAR, "etag": etag, "vary": "Accept-Encoding"}
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if small:
            headers["content-encoding"] = "gzip"
        return Response(kept.packed if small else kept.content, 200, headers, kept.kind)

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """Of a file that is not text."""
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = YEAR
        return response


def _kept(name: str, content: bytes) -> Kept:
    kind = TYPES.get(Path(name).suffix) or guess_type(name)[0] or "text/plain"
    packed = gzip.compress(content, 9, mtime=0)
    if len(packed) >= len(content):
        packed = b""
    return Kept(kind, content, packed, sha256(content).hexdigest()[:16])
