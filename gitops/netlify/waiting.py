"""How long the site is waited for, and by which clock."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Seconds, and the clock that counts them.

    Args:
        most: that a build may take.
        shown: until the site shows what was published.
        pause: between two looks.
        now: Unix time.
        sleep: waits so many seconds.
    """

    most: float = 1800
    shown: float = 120
    pause: float = 5
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
