"""Agreeing with a client on frames that are compressed once for all."""

from __future__ import annotations

from collections.abc import Sequence

from websockets.exceptions import NegotiationError
from websockets.extensions.base import Extension
from websockets.extensions.permessage_deflate import (
    PerMessageDeflate,
    ServerPerMessageDeflateFactory,
)
from websockets.typing import ExtensionParameter


class SharedDeflate(ServerPerMessageDeflateFactory):
    """permessage-deflate by which one compressed frame is right for every socket (RFC 7692, 7.1).

    No context is kept between frames, in either direction, so it costs a socket no memory. An
    offer that wants a smaller window than that of all is declined, and goes uncompressed.
    """

    def process_request_params(
        self, params: Sequence[ExtensionParameter], accepted_extensions: Sequence[Extension]
    ) -> tuple[list[ExtensionParameter], PerMessageDeflate]:
        """Accept or decline one offer."""
        if dict(params).get("server_max_window_bits", "15") != "15":
            raise NegotiationError("a window of its own")
        return super().process_request_params(params, accepted_extensions)


DEFLATE = SharedDeflate(server_no_context_takeover=True, client_no_context_takeover=True)
