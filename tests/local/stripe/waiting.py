"""Waiting for what happens by itself."""

import asyncio
from collections.abc import Callable

import pytest


async def until(condition: Callable[[], object], seconds: float = 5) -> None:
    """Return when the condition holds; the test fails when that takes too long."""
    for _ in range(int(seconds / 0.002)):
        if condition():
            return
        await asyncio.sleep(0.002)
    pytest.fail(f"it did not happen within {seconds} s")
