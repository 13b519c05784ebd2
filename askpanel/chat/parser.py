"""websockets' parser, but for a close that comes within a message."""

from __future__ import annotations

from websockets.frames import Frame, Opcode
from websockets.server import ServerProtocol


class Parser(ServerProtocol):
    """The server's side of RFC 6455, without input or output."""

    def recv_frame(self, frame: Frame) -> None:
        """A peer may leave with a message half sent (RFC 6455, 5.4): it is answered in kind, and
        not with 1002."""
        if frame.opcode is Opcode.CLOSE:
            self.current_size = None
        super().recv_frame(frame)

    def forget(self) -> None:
        """Nothing more will come. The coroutine that waits for it and this hold each other, and
        would be freed only by the garbage collector, which seldom looks."""
        self.parser.close()
