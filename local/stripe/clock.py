"""The time that the stand-in lives in: real time, plus what tests have skipped."""

import contextlib
import time
from collections.abc import Generator

DAY = 86400
HOUR = 3600


class Clock:
    """Unix time in whole seconds.

    Attributes:
        offset: seconds ahead of real time; it only grows, because time has happened.
    """

    def __init__(self, offset: int = 0) -> None:
        self.offset = offset
        self._fixed: int | None = None

    @property
    def now(self) -> int:
        """What objects get as `created`."""
        return self._fixed if self._fixed is not None else int(time.time()) + self.offset

    @contextlib.contextmanager
    def at(self, moment: int) -> Generator[None]:
        """Let something happen at one moment: when it fell due, or when it was asked for."""
        before, self._fixed = self._fixed, moment
        try:
            yield
        finally:
            self._fixed = before

    def move_to(self, moment: int) -> None:
        """Skip ahead; a moment that has passed already changes nothing."""
        self.offset += max(0, moment - self.now)
