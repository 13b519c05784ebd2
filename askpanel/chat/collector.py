"""Python's garbage collector, in a process that holds thousands of connections.

By itself it looks through everything, every template and every connection, again and again while
people arrive: half of what an arrival costs, and pauses of hundreds of milliseconds in which nobody
who is already in hears anything. And it finds nothing: a connection that is over is freed at once,
because nothing in it holds itself. What does (an exception with its traceback) is mostly found
while it is young; the rest may wait.
"""

from __future__ import annotations

import gc

FEWER = (10_000, 1_000, 1_000)
"""Objects made and not freed before the youngest are looked through (some milliseconds), and how
often that happens before the older ones are (a thousand times as many objects)."""


def rest() -> None:
    """Pass over all that is loaded by now, for good, and look through the rest seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*FEWER)
