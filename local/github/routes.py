"""Which request means what, and which permission it needs."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from local.github import checks, git_data, issues, pulls
from local.github.answers import Answer, Ask, missing

Handler = Callable[[Any, Ask], Answer]


@dataclass(frozen=True)
class Route:
    """One operation.

    Attributes:
        method: in capitals.
        pattern: of the path behind the repository's.
        permissions: any of which does.
        handler: carries it out.
    """

    method: str
    pattern: re.Pattern[str]
    permissions: tuple[str, ...]
    handler: Handler

    @property
    def level(self) -> str:
        """What of the permission it needs."""
        return "read" if self.method == "GET" else "write"


def _route(line: str, permissions: str, handler: Handler) -> Route:
    method, path = line.split()
    pattern = re.sub(r"\{(number|id)\}", r"(?P<\1>[0-9]{1,12})", path)
    pattern = re.sub(r"\{(path|branch)\}", r"(?P<\1>.+)", pattern)
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)
    return Route(method, re.compile(pattern), tuple(permissions.split("|")), handler)


_EITHER = "issues|pull_requests"
ROUTES = [
    _route("GET /pulls", "pull_requests", pulls.show_all),
    _route("POST /pulls", "pull_requests", pulls.create),
    _route("GET /pulls/{number}", "pull_requests", pulls.show),
    _route("PATCH /pulls/{number}", "pull_requests", pulls.edit),
    _route("GET /pulls/{number}/reviews", "pull_requests", pulls.reviews),
    _route("GET /pulls/{number}/reviews/{id}", "pull_requests", pulls.review),
    _route("PUT /pulls/{number}/reviews/{id}/dismissals", "pull_requests", pulls.dismiss),
    _route("GET /commits/{commit}/pulls", "pull_requests", pulls.of_commit),
    _route("GET /issues", "issues", issues.show_all),
    _route("POST /issues", "issues", issues.create),
    _route("GET /issues/{number}", "issues", issues.show),
    _route("PATCH /issues/{number}", "issues", issues.edit),
    _route("GET /issues/{number}/comments", _EITHER, issues.comments),
    _route("POST /issues/{number}/comments", _EITHER, issues.add_comment),
    _route("PATCH /issues/comments/{id}", _EITHER, issues.edit_comment),
    _route("POST /issues/{number}/labels", _EITHER, issues.add_labels),
    _route("DELETE /issues/{number}/labels/{name}", _EITHER, issues.remove_label),
    _route("GET /commits/{commit}/check-runs", "checks", checks.show_all),
    _route("POST /check-runs", "checks", checks.create),
    _route("PATCH /check-runs/{id}", "checks", checks.update),
    _route("GET /git/ref/heads/{branch}", "contents", git_data.branch),
    _route("POST /git/refs", "contents", git_data.new_branch),
    _route("PATCH /git/refs/heads/{branch}", "contents", git_data.move_branch),
    _route("GET /git/commits/{commit}", "contents", git_data.commit),
    _route("POST /git/commits", "contents", git_data.new_commit),
    _route("POST /git/trees", "contents", git_data.new_tree),
    _route("GET /contents/{path}", "contents", git_data.contents),
    _route("GET /compare/{both}", "contents", git_data.compare),
]


def route(method: str, path: str) -> tuple[Route, Mapping[str, str]]:
    """The operation that a request means, and the parts of its path, decoded.

    Raises:
        RefusedError: there is none.
    """
    for candidate in ROUTES:
        if candidate.method == method and (found := candidate.pattern.fullmatch(path)):
            return candidate, {name: unquote(part) for name, part in found.groupdict().items()}
    raise missing()
