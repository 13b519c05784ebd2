"""The store, with a stopwatch: an operator sees how long its scripts take, and which fail."""

from __future__ import annotations

import time
from typing import Any

from askpanel.chat import metrics
from askpanel.eventlog.model import Refused, StoreAway
from askpanel.eventlog.store import Store


class MeasuredStore(Store):
    """A `Store` whose every script is timed, from the call to the answer."""

    async def call(
        self,
        name: str,
        slug: str,
        parts: tuple[str, ...],
        args: tuple[Any, ...],
        *,
        timed: bool = True,
    ) -> list[Any]:
        began = time.perf_counter()
        try:
            reply = await super().call(name, slug, parts, args, timed=timed)
        except StoreAway:
            metrics.store_failures.labels(name).inc()
            raise
        except Refused:
            metrics.store_call.labels(name).observe(time.perf_counter() - began)
            raise
        metrics.store_call.labels(name).observe(time.perf_counter() - began)
        return reply
