"""What is asked and what is answered; refusals in GitHub's words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Object = dict[str, Any]

LONGEST_BODY = 65_536
"""Characters of the body of a comment, an issue or a pull request."""
LONGEST_TITLE = 256
LONGEST_CHECK_TEXT = 65_535
"""Characters of a check run's summary, and of its text."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer: a status, a body that becomes JSON (None: empty), and headers beside the usual ones."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who has a token.

    Attributes:
        login: of a person, or of an app with `[bot]` behind it.
        app: slug of the app; none for a person.
        permissions: of an app: name, as in the header of a refusal, -> `read` or `write`. A person may do everything.
        sees: whether the repository is there for the token.
    """

    login: str
    app: str = ""
    permissions: Mapping[str, str] = field(default_factory=dict[str, str])
    sees: bool = True

    @property
    def user(self) -> Object:
        """As GitHub shows whoever did something."""
        return person(self.login)

    def may(self, permission: str, level: str) -> bool:
        """Whether the token has a permission."""
        has = self.permissions.get(permission)
        return not self.app or has == "write" or (has == "read" and level == "read")


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A request to the repository, admitted.

    Attributes:
        parts: what stood in the path where the route has a name, decoded.
        query: by name.
        json: the body; an empty object where there was none.
        actor: whose token it has.
    """

    parts: Mapping[str, str]
    query: Mapping[str, str]
    json: Mapping[str, Any]
    actor: Actor

    @property
    def number(self) -> int:
        """That of the issue or pull request in the path."""
        return int(self.parts["number"])

    def text(self, name: str, resource: str = "Issue") -> str:
        """A text of the body; empty where there is none.

        Raises:
            RefusedError: it is too long, or none.
        """
        value = self.json.get(name) or ""
        if not isinstance(value, str):
            raise invalid(resource, f"{name} is invalid", field=name)
        longest = LONGEST_TITLE if name == "title" else LONGEST_BODY
        if len(value) > longest:
            raise invalid(resource, f"{name} is too long (maximum is {longest} characters)", field=name)
        return value


class RefusedError(Exception):
    """A request that is refused.

    Args:
        status: HTTP status.
        message: GitHub's words.
        errors: what it adds to them.
        headers: beside the usual ones.
    """

    def __init__(
        self, status: int, message: str, *, errors: list[Object] | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        body: Object = {"message": message, "documentation_url": "https://docs.github.com/rest", "status": str(status)}
        self.answer = Answer(status=status, body=body | ({"errors": errors} if errors else {}), headers=headers or {})


def person(login: str) -> Object:
    """As GitHub shows whoever did something."""
    return {"login": login, "type": "Bot" if login.endswith("[bot]") else "User"}


def missing() -> RefusedError:
    """What is not there, or not for this token."""
    return RefusedError(404, "Not Found")


def invalid(resource: str, message: str, **more: str) -> RefusedError:
    """What cannot be, as the answer to most bad bodies says it."""
    error = {"resource": resource, "code": "custom", "message": message, **more}
    return RefusedError(422, "Validation Failed", errors=[error])


def primary_limit(reset: float) -> Answer:
    """The hour's requests are used up until the Unix time `reset`."""
    return Answer(
        status=403,
        body={"message": "API rate limit exceeded for installation ID 1.", "status": "403"},
        headers={"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(reset))},
    )


def secondary_limit(seconds: int | None = None) -> Answer:
    """Too much at once; GitHub says for how long to stay away, or does not."""
    return Answer(
        status=403,
        body={"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."},
        headers={} if seconds is None else {"retry-after": str(seconds)},
    )
