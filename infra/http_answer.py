"""What an API answers: its JSON, its words about a refusal, and until when it wants to be left alone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

LONGEST_WORDS = 300
"""Characters of what an API says that are repeated."""
UNSAID_LIMIT = 60.0  # seconds that GitHub wants to be left alone when it does not say for how long
FORBIDDEN, LIMITED = 403, 429


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back.

    Attributes:
        status: HTTP status.
        headers: by name, whatever its case.
        content: the body, unpacked.
        following: where the next page is, as `Link` says; None when there is none.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=httpx.Headers)
    content: bytes = b""
    following: str | None = None

    @property
    def is_success(self) -> bool:
        """Whether it is what was asked for."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body as JSON; None when it is empty.

        Raises:
            ValueError: it is something else.
        """
        try:
            return json.loads(self.content) if self.content else None
        except RecursionError:
            raise ValueError("nested too deep") from None

    def words(self) -> str:
        """What the API says about a refusal, in one line: `message` or `msg`, and the `errors` behind it."""
        try:
            body = self.json()
        except ValueError:
            return ""
        if not isinstance(body, dict):
            return ""
        said = (body.get("message") or body.get("msg"), *_each(body.get("errors")))
        text = ": ".join(str(part) for part in said if part)
        return " ".join("".join(character if character.isprintable() else " " for character in text).split())

    def limited_until(self, now: float) -> float | None:
        """Unix time at which a rate limit ends; `now` where nobody says; None when there is no limit.

        GitHub answers 403 or 429 to both of its limits
        (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api); everybody else 429.
        """
        used_up = self.headers.get("x-ratelimit-remaining") == "0"
        secondary = "retry-after" in self.headers or "rate limit" in self.words().lower()
        if self.status != LIMITED and not (self.status == FORBIDDEN and (used_up or secondary)):
            return None
        if (wait := self.headers.get("retry-after")) is not None:
            return _end(wait, now)
        try:
            if self.status == LIMITED or used_up:
                return float(self.headers["x-ratelimit-reset"])
        except (KeyError, ValueError):
            pass
        return now + (UNSAID_LIMIT if self.status == FORBIDDEN else 0)


def _end(retry_after: str, now: float) -> float:
    """`Retry-After`: seconds, or a date."""
    try:
        return now + float(retry_after)
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(retry_after).timestamp()
    except ValueError:
        return now


def _each(errors: Any) -> list[Any]:
    """The errors of an answer, whether they are text, objects with a message, or something else."""
    if isinstance(errors, list):
        return [error.get("message") or error if isinstance(error, dict) else error for error in errors]
    return [errors]
