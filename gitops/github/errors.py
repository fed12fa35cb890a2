"""Why GitHub did not do it, and what helps."""

import re
from collections.abc import Mapping

_AUTHORIZE = re.compile(r"url=(https://github\.com/[!-~]{1,300})")
_ACCEPTED = re.compile(r"[a-z_]{1,40}=(?:read|write|admin)")
_NEEDS = (
    # what is asked -> the permission of a job that it needs; the first that fits counts
    (re.compile(r"/check-runs"), "checks"),
    (re.compile(r"/pulls"), "pull-requests"),
    (re.compile(r"/issues/\d+/(comments|labels)|/issues/comments"), "pull-requests"),
    (re.compile(r"/issues"), "issues"),
    (re.compile(r"/(git|contents|compare|commits)\b"), "contents"),
)
_APPROVE = "Allow GitHub Actions to create and approve pull requests"
_HELPS = (
    # words of a refusal -> what helps
    (re.compile(r"protected branch|rule violations", re.IGNORECASE), "a rule forbids it: see Settings, Rules"),
    (
        re.compile("not permitted to create or approve pull requests"),
        f'turn on "{_APPROVE}" under Settings, Actions, General, or use a GitHub App\'s token',
    ),
    (
        re.compile("authenticate via a GitHub App"),
        "only a job writes check runs, with its own token: start the workflow instead",
    ),
)
_RENAMED = "the repository was renamed or moved: set GITHUB_REPOSITORY to its name of today"
_BY_STATUS = {
    301: _RENAMED,
    302: _RENAMED,
    307: _RENAMED,
    308: _RENAMED,
    401: "the token in GITHUB_TOKEN is wrong or has expired: in a workflow run the job again, else make a new one",
    410: "issues are turned off: turn them on under Settings, General, Features",
}


class GitHubError(Exception):
    """GitHub cannot be asked, or refuses; the message says what to do, and never holds the token.

    Attributes:
        status: HTTP status of the answer; 0 when there was none.
        said: what GitHub says about it; empty when nothing.
    """

    def __init__(self, message: str, *, status: int = 0, said: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.said = said


class UnsureError(GitHubError):
    """A request has been carried out or not: its answer is lost."""


def remedy(method: str, path: str, status: int, said: str, headers: Mapping[str, str]) -> str:
    """What helps against a refusal; empty when GitHub's words say all."""
    if sign_on := headers.get("x-github-sso"):
        where = _AUTHORIZE.search(sign_on)
        return f"the organisation wants single sign-on: authorize the token{f' at {where[1]}' if where else ''}"
    if known := next((helps for words, helps in _HELPS if words.search(said)), ""):
        return known
    if status == 403:
        return (
            f"the token lacks a permission: the job needs `{_permission(method, path, headers)}` under `permissions:`, "
            "and a pull request of a fork never gets to write"
        )
    if status == 404:
        return (
            "there is no such thing, or the token in GITHUB_TOKEN may not see it: is GITHUB_REPOSITORY right, "
            f"and may the token read {_permission('GET', path, headers)}?"
        )
    return _BY_STATUS.get(status, "")


def _permission(method: str, path: str, headers: Mapping[str, str]) -> str:
    """As a workflow spells it, such as `checks: write`; GitHub's own word for it, else what the path tells."""
    accepted = _ACCEPTED.findall(headers.get("x-accepted-github-permissions", ""))
    if accepted:
        return " or ".join(dict.fromkeys(each.replace("_", "-").replace("=", ": ") for each in accepted))
    level = "read" if method == "GET" else "write"
    return next((f"{name}: {level}" for pattern, name in _NEEDS if pattern.search(path)), f"contents: {level}")
