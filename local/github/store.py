"""All that is at the stand-in: tokens, pull requests, issues, check runs; branches and commits are git's."""

import itertools
import json
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from local.github import routes
from local.github.answers import Actor, Answer, Ask, Object, RefusedError, missing
from local.github.people import People
from local.github.repository import Repository
from local.stripe.faults import Faults

ACTIONS = "github-actions"
"""The app whose token a job has."""
EVERYTHING: Mapping[str, str] = dict.fromkeys(("checks", "contents", "issues", "pull_requests"), "write")
PAGE, LARGEST_PAGE = 30, 100
ORIGIN = "https://api.github.com"
NUMBERED = "/repositories/1"
"""Where a repository is found whatever its name."""


class Store(People):
    """A GitHub with one repository: `Store(Repository.make(path, files), "owner/name")`.

    A token has to be let in with `allow`. What people do at GitHub are methods, see `People`; what they push is pushed
    into the bare repository, by `repository.commit` or git itself.

    Args:
        repository: branches and commits.
        name: `owner/name`.
        now: the time that is it at GitHub.

    Attributes:
        asked: every request, such as `POST /pulls`, without `/repos/owner/name`; the oldest first.
        faults: what happens to requests; see `local.stripe.faults.Fault`.
        instead: answered to the next requests, instead of doing anything, such as `answers.primary_limit`.
        settings: path of the API -> JSON that is answered to GET, or an `Answer`; before anything else.
        former: names that the repository had.
        protected: branches that only a merge may move.
        actions_may_create_pulls: as the setting "Allow GitHub Actions to create and approve pull requests".
    """

    def __init__(
        self,
        repository: Repository,
        name: str = "example/platform",
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(repository, name, now)
        self.asked: list[str] = []
        self.faults = Faults()
        self.instead: deque[Answer] = deque()
        self.settings: dict[str, Any] = {}
        self.former: set[str] = set()
        self._tokens: dict[str, Actor] = {}
        self._lock = threading.RLock()

    def allow(
        self,
        token: str,
        *,
        login: str = "",
        app: str = ACTIONS,
        permissions: Mapping[str, str] = EVERYTHING,
        sees: bool = True,
    ) -> str:
        """Let a token in, and return it: by itself that of a job that may write everything.

        Args:
            token: what stands behind `Bearer`.
            login: of a person, who may do everything; empty for an app.
            app: slug of the app, when there is no login.
            permissions: of the app: `checks`, `contents`, `issues`, `pull_requests` -> `read` or `write`.
            sees: whether the repository is there for it.
        """
        bot = Actor(login=f"{app}[bot]", app=app, permissions=permissions, sees=sees)
        self._tokens[token] = Actor(login=login, sees=sees) if login else bot
        return token

    @property
    def writes(self) -> list[str]:
        """The requests that may have changed something."""
        return [asked for asked in self.asked if not asked.startswith("GET ")]

    def handle(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        token: str = "",
        *,
        origin: str = ORIGIN,
    ) -> Answer:
        """Answer a request.

        Args:
            method: in capitals.
            path: of the API, as it came, such as `/repos/owner/name/pulls`.
            query: by name.
            body: the JSON; None for none.
            token: what stood behind `Bearer`.
            origin: what addresses in the answer begin with.
        """
        with self._lock:
            self.asked.append(f"{method} {path.removeprefix(f'/repos/{self.name}')}")
            if self.instead:
                return self.instead.popleft()
            try:
                answer = self._answer(method, path, dict(query or {}), body, token, origin)
            except RefusedError as error:
                return error.answer
            return _page(answer, path, dict(query or {}), origin)

    def _answer(self, method: str, path: str, query: dict[str, str], body: Any, token: str, origin: str) -> Answer:
        actor = self._tokens.get(token)
        if actor is None:
            raise RefusedError(401, "Bad credentials")
        if method == "GET" and path in self.settings:
            found = self.settings[path]
            return found if isinstance(found, Answer) else Answer(body=json.loads(json.dumps(found)))
        if method == "GET" and path == "/user":
            if actor.app:
                raise RefusedError(403, "Resource not accessible by integration")
            return Answer(body=actor.user)
        for former in self.former:
            if path.startswith(f"/repos/{former}"):
                there = f"{origin}{NUMBERED}{path.removeprefix(f'/repos/{former}')}"
                there += f"?{urlencode(query)}" if query else ""
                moved = {"message": "Moved Permanently", "url": there}
                return Answer(status=301 if method == "GET" else 307, body=moved, headers={"location": there})
        below = next((path[len(at) :] for at in self._places() if path.lower().startswith(at)), None)
        if below is None or not actor.sees:
            raise missing()
        route, parts = routes.route(method, below)
        self._check(route, parts, actor)
        return route.handler(self, Ask(parts=parts, query=query, json=body or {}, actor=actor))

    def _places(self) -> Iterator[str]:
        return itertools.chain([f"/repos/{self.name.lower()}"], [NUMBERED])

    def _check(self, route: routes.Route, parts: Mapping[str, str], actor: Actor) -> None:
        """Refuse what the token may not; for comments and labels of a pull request either of two permissions does."""
        names = route.permissions
        if "issues" in names and "number" in parts and int(parts["number"]) not in self.pulls:
            names = ("issues",)
        if not any(actor.may(name, route.level) for name in names):
            accepted = "; ".join(f"{name}={route.level}" for name in names)
            headers = {"x-accepted-github-permissions": accepted}
            raise RefusedError(403, "Resource not accessible by integration", headers=headers)


def _page(answer: Answer, path: str, query: dict[str, str], origin: str) -> Answer:
    """One page of a list, and where the next one is."""
    body: Any = answer.body
    items = next((body[name] for name in ("check_runs", "commits") if name in body), None) if _paged(body) else body
    if not isinstance(items, list):
        return answer
    size = min(int(query.get("per_page", PAGE)), LARGEST_PAGE)
    page = max(int(query.get("page", 1)), 1)
    rest = items[page * size :]
    shown: list[Any] = items[(page - 1) * size : page * size]
    headers = dict(answer.headers)
    if rest:
        following = urlencode({**query, "page": page + 1})
        headers["link"] = f'<{origin}{path}?{following}>; rel="next"'
    if _paged(body):
        name = "check_runs" if "check_runs" in body else "commits"
        return Answer(status=answer.status, body={**body, name: shown}, headers=headers)
    return Answer(status=answer.status, body=shown, headers=headers)


def _paged(body: Any) -> bool:
    """Whether a list stands inside of an object, as that of check runs and of a comparison."""
    return isinstance(body, dict) and ("check_runs" in body or ("commits" in body and "ahead_by" in body))


__all__ = ["ACTIONS", "EVERYTHING", "Object", "Store"]
