"""A step of bringing the platform up or down, as whoever waits hears of it."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any

Report = Callable[[dict[str, Any]], None]


@contextlib.asynccontextmanager
async def step(part: str, report: Report, ready: str = "ready") -> AsyncGenerator[Callable[[str], None]]:
    """Report that `part` starts and is ready, with what was said about it and the seconds it took."""
    started, words = time.monotonic(), [""]
    report({"part": part, "state": "starting"})

    def said(text: str) -> None:
        words[0] = text

    yield said
    report({"part": part, "state": ready, "text": words[0], "seconds": round(time.monotonic() - started, 2)})


async def completed(work: Coroutine[Any, Any, None]) -> None:
    """Wait for `work` to its end, also when whoever waits is cancelled meanwhile."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
