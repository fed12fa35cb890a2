"""Check runs: what branch rules can require, and where the pipeline keeps what it has proved."""

from typing import Any

from gitops.github import wire
from gitops.github.api import Api, quoted
from gitops.github.model import Check

ACTIONS = "github-actions"
"""The app whose check runs a workflow makes with the token of its job."""


class Checks(Api):
    """What `GitHub` does with check runs. Every method may raise `GitHubError`."""

    def checks(self, commit: str, name: str, *, app: str = ACTIONS) -> list[Check]:
        """Those of a commit by their name, the newest first; another app's say nothing, whatever they are called."""
        path = f"{self._here}/commits/{quoted(commit)}/check-runs"
        pages = self._pages(wire.Checks, path, check_name=name, filter="all")
        runs = [run for page in pages for run in page.check_runs]
        found = [run.model() for run in runs if run.app and run.app.slug == app]
        return sorted((check for check in found if check.name == name), key=lambda check: check.id, reverse=True)

    def check(
        self,
        commit: str,
        name: str,
        *,
        conclusion: str | None,
        title: str,
        summary: str,
        text: str = "",
        external_id: str = "",
        details_url: str = "",
    ) -> Check:
        """Have a check run of this name at a commit say this: our newest, unless it is to begin anew.

        Args:
            commit: 40 hex digits.
            name: what branch rules require.
            conclusion: such as `success` or `action_required`; None while it goes on.
            title: one line.
            summary: Markdown, at most 65,535 characters.
            text: Markdown or whatever is kept there, at most 65,535 characters.
            external_id: ours to choose.
            details_url: where more can be read; empty leaves that to GitHub.
        """
        wanted = _wanted(conclusion, external_id, details_url, {"title": title, "summary": summary, "text": text})

        def find() -> Check | None:
            newest = next(iter(self.checks(commit, name)), None)
            return None if newest and newest.conclusion and not conclusion else newest

        def make() -> Check:
            run = {"name": name, "head_sha": commit, **wanted}
            return self._one(wire.Check, "POST", f"{self._here}/check-runs", json=run).model()

        found = find() or self._make(make, find)
        there = (found.conclusion, found.title, found.summary, found.text, found.external_id)
        if there == (conclusion, title, summary, text, external_id) and details_url in {"", found.details_url}:
            return found
        return self._one(wire.Check, "PATCH", f"{self._here}/check-runs/{found.id}", json=wanted).model()


def _wanted(conclusion: str | None, external_id: str, details_url: str, output: dict[str, str]) -> dict[str, Any]:
    """What a check run is to say, as GitHub takes it."""
    state = {"status": "completed", "conclusion": conclusion} if conclusion else {"status": "in_progress"}
    more = {"details_url": details_url} if details_url else {}
    return {**state, **more, "external_id": external_id, "output": output}
