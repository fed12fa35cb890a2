"""An HTTP API as the doctor reads it: each question is asked once, and what is refused is told apart.

Answers come from outside: `part` and `objects` take from them what is shaped as expected, and nothing else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gitops.doctor.errors import DoctorError, MissingError, UnreadError
from gitops.doctor.report import Row, judged, shown

UNAUTHORIZED, FORBIDDEN, MISSING = 401, 403, 404


class Service:
    """A service, seen with one token.

    Args:
        name: for messages.
        ask: the JSON of a path, None for 404; what it raises has a `status`, 0 when nobody answered.
        token: the variable that holds the token.
        permission: what it takes to read a path, in the service's own words.
        progress: told what is asked for.
    """

    def __init__(
        self,
        name: str,
        ask: Callable[[str], Any],
        *,
        token: str,
        permission: Callable[[str], str],
        progress: Callable[[str], None],
    ) -> None:
        self._name, self._ask, self._token = name, ask, token
        self._permission, self._progress = permission, progress
        self._answers = dict[str, Any]()

    def get(self, path: str) -> Any:
        """What is there.

        Raises:
            MissingError: nothing.
            UnreadError: this question is refused.
            DoctorError: every question is refused, or nobody answers.
        """
        if path not in self._answers:
            self._progress(path)
            self._answers[path] = self._asked(path)
        answer = self._answers[path]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _asked(self, path: str) -> Any:
        try:
            answer = self._ask(path)
        except Exception as error:
            if not isinstance(status := getattr(error, "status", None), int):
                raise
            return self._refused(path, status, str(error))
        return MissingError(path) if answer is None else answer

    def _refused(self, path: str, status: int, message: str) -> Exception:
        if status == MISSING:
            return MissingError(path)
        if status == UNAUTHORIZED:
            raise DoctorError(
                f"{self._name} does not take the token in {self._token}; it is wrong, expired or revoked: make another"
            )
        if not status:
            raise DoctorError(f"{self._name} does not answer ({shown(message)}); check the network, and try again")
        permission = self._permission(path)
        if status == FORBIDDEN and "single sign-on" in message:
            return UnreadError(permission, "", shown(message))
        if status == FORBIDDEN:
            return UnreadError(permission, "", f"use a token in {self._token} that has: {permission}")
        return UnreadError(permission, f" ({status})", f"run this again; {self._name} said: {shown(message)}")


def part(value: Any, *keys: str) -> Any:
    """What is inside an answer; None where it is shaped otherwise."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def objects(value: Any, *keys: str) -> list[dict[str, Any]]:
    """The objects in a list inside an answer."""
    found = part(value, *keys)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def named(value: Any, *keys: str) -> dict[str, dict[str, Any]]:
    """The same by their names."""
    return {name: item for item in objects(value, *keys) if isinstance(name := item.get("name"), str)}


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One property of a service, and what it should be.

    Args:
        id: of the row.
        path: where it is read.
        read: takes it out of the answer, which is None when nothing is there.
        wanted: what it should be.
        fix: see `Row`.
        words: `wanted`, for people.
        missing: whether nothing there means that the token may not see it.
    """

    id: str
    path: str
    read: Callable[[Any], Any]
    wanted: Any
    fix: str
    words: str = ""
    missing: str = ""

    def row(self, service: Service) -> Row:
        """How it is."""
        expected = self.words or shown(self.wanted)
        try:
            found = self.read(service.get(self.path))
        except MissingError:
            if self.missing:
                return UnreadError(self.missing, "", f"use a token that has: {self.missing}").row(self.id, expected)
            found = self.read(None)
        except UnreadError as error:
            return error.row(self.id, expected)
        return judged(self.id, expected, found, self.fix, holds=found == self.wanted)
