"""What could not be done, and what had been done until then."""

from typing import Any


class FailureError(Exception):
    """The message says why and what to do.

    Args:
        message: for people.
        result: what the engine had done and found, as plain data; None without it.
        config: the configuration that it was asked with; None when it was not asked.
    """

    def __init__(
        self, message: str, result: dict[str, Any] | None = None, config: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.result, self.config = result, config
