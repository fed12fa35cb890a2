"""Requests to GitHub's REST API: one token, one repository, patience, and answers that are checked."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol, Self, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from gitops.github import wire
from gitops.github.errors import GitHubError, UnsureError, remedy
from infra import patient_http
from infra.patient_http import TOKEN_FORM, Answer, HttpError, PatientHttp

MAIN = "main"
"""The branch that deploys."""
API = "https://api.github.com"
VERSION = "2022-11-28"
PER_PAGE = 100  # the most that GitHub gives
MOST_PAGES = 100
"""Pages that are read of a list: nobody looks for anything behind 10,000 comments."""
LATE = 3
"""Attempts that count as made after a lost answer, which makes the pause two seconds: GitHub may still be at it."""
_PART = r"(?!\.{1,2}(?:/|$))[A-Za-z0-9_.-]{1,100}"  # a path with `..` in it would lead to another one
NAME = re.compile(f"{_PART}/{_PART}")


class Written(Protocol):
    """What somebody wrote."""

    @property
    def body(self) -> str:
        """Markdown."""
        ...

    @property
    def author(self) -> str:
        """Login."""
        ...

    @property
    def is_bot(self) -> bool:
        """Whether that is a program."""
        ...


T = TypeVar("T")
W = TypeVar("W", bound=Written)


class Api:
    """What every part of `GitHub` asks through; arguments as there."""

    def __init__(
        self,
        repository: str,
        token: str,
        *,
        url: str = API,
        transport: httpx.BaseTransport | None = None,
        patience: float = patient_http.PATIENCE,
        **clocks: Callable[..., Any],
    ) -> None:
        if not NAME.fullmatch(repository):
            raise GitHubError(f"GITHUB_REPOSITORY is {repository!r}: it must be owner/name")
        if not token.strip():
            raise GitHubError(
                "GITHUB_TOKEN is not set: a job has it as `${{ github.token }}`, people as `gh auth token`"
            )
        if not TOKEN_FORM.fullmatch(token.strip()):
            raise GitHubError("GITHUB_TOKEN holds characters that no token has: copy it again")
        self.repository = repository
        self._here = f"/repos/{repository}"
        headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": VERSION}
        try:
            self._http = PatientHttp(
                url, token.strip(), headers=headers, transport=transport, patience=patience, **clocks
            )
        except HttpError as error:
            raise GitHubError(f"GITHUB_API_URL is {error}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def renew_patience(self) -> None:
        """Begin anew: for what must not fail only because something before it had trouble."""
        self._http.renew_patience()

    def get(self, path: str) -> Any | None:
        """The JSON at a path of the API, such as `/repos/owner/name/rulesets`; None when there is nothing.

        Raises:
            GitHubError: refused, or no answer.
        """
        found = self._unless_missing(path)
        return None if found is None else found.json()

    def _send(self, method: str, path: str, **arguments: Any) -> Answer:
        """The answer to a request; arguments as `PatientHttp.send`, paths from the root of the API.

        Raises:
            UnsureError: the answer to something that must not be done twice is lost.
            GitHubError: refused, or no answer.
        """
        try:
            return self._http.send(method, path, **arguments)
        except HttpError as error:
            kind = UnsureError if isinstance(error, patient_http.UnsureError) else GitHubError
            helps = "" if error.given_up else remedy(method, path, error.status, error.said, error.headers)
            message = f"{error}{helps and f'; {helps}'}"
            raise kind(f"GitHub: {message}", status=error.status, said=error.said) from None

    def _unless_missing(self, path: str, **arguments: Any) -> Answer | None:
        try:
            return self._send("GET", path, **arguments)
        except GitHubError as error:
            if error.status == 404:
                return None
            raise

    def _one(self, kind: type[T], method: str, path: str, **arguments: Any) -> T:
        """The answer, as that kind of object."""
        return self._decoded(kind, self._send(method, path, **arguments), f"{method} {path}")

    def _pages(self, kind: type[T], path: str, **params: Any) -> Iterator[T]:
        """A list's pages, in GitHub's order."""
        following: str | None = path
        asked: Mapping[str, Any] | None = {**params, "per_page": PER_PAGE}
        for _ in range(MOST_PAGES):
            answer = self._send("GET", following, params=asked)
            yield self._decoded(kind, answer, f"GET {path}")
            following, asked = answer.following, None
            if following is None:
                return

    def _make(self, make: Callable[[], T], find: Callable[[], T | None]) -> T:
        """Make what must be made once. Where the answer is lost, look for it before trying again."""
        attempt = LATE
        while True:
            try:
                return make()
            except UnsureError as error:
                self._pause(attempt, str(error))
            if (found := find()) is not None:
                return found
            attempt += 1

    def _ours(self, written: Iterable[W], marker: str) -> W | None:
        """The first that begins with the marker and that a program wrote, or whoever has this token.

        Anybody may write a marker where anybody may comment; so that alone makes nothing ours.
        """
        people: list[W] = []
        for each in written:
            if each.body.startswith(marker):
                if each.is_bot:
                    return each
                people.append(each)
        me = self._login() if people else None
        return next((each for each in people if each.author == me), None)

    def _login(self) -> str | None:
        """Who has the token, when that is a person."""
        try:
            return self._one(wire.User, "GET", "/user").login
        except GitHubError as error:
            if error.status in {401, 403, 404}:  # what the token of a job is answered
                return None
            raise

    def _pause(self, attempt: int, trouble: str) -> None:
        try:
            self._http.pause(attempt, trouble)
        except HttpError as error:
            raise GitHubError(str(error)) from None

    @staticmethod
    def _decoded(kind: type[T], answer: Answer, asked: str) -> T:
        try:
            return msgspec.json.decode(answer.content, type=kind)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            said = str(error)[:200]
            raise GitHubError(
                f"GitHub's answer to {asked} is not what its documentation says ({said}): is GITHUB_API_URL right?",
                status=answer.status,
            ) from None


def quoted(part: str) -> str:
    """A part of a path that holds anything, slashes too."""
    return quote(part, safe="")


def same(there: str, wanted: str) -> bool:
    """Whether two bodies are one, as GitHub keeps them: line ends and space around them may change."""
    return there.replace("\r\n", "\n").strip() == wanted.replace("\r\n", "\n").strip()


def check_marker(marker: str, body: str) -> None:
    """What is to be found again by its marker has to begin with it.

    Raises:
        ValueError: it does not.
    """
    if not marker or not body.startswith(marker):
        raise ValueError(f"the body must begin with {marker!r}, else it is never found again")
