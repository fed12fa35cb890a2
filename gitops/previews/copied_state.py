"""Previews for pull requests: over the copy of an environment's state that holds no secret.

What runs a pull request's code may not open the state itself; bootstrap/README.md says why.
"""

import tempfile
from dataclasses import replace
from pathlib import Path

from gitops.engine import Engine, EngineError, Report
from gitops.engine_result import Diagnostic, Result
from gitops.previews import state_copy
from gitops.previews.state_copy import Copy, StateCopyError
from gitops.previews.workspace import preview_workspace
from render.configuration import read_configuration

NONE = "no deployment has left a copy of the state yet, so everything is shown as new"
OUTDATED = "the copy of the state is out of date: an update came after it, or is under way; preview again afterwards"


class CopiedState:
    """`gitops.release.target.Previews` of `dev` or `prod` on AWS, with the role that may only read."""

    def __init__(self, stack: str) -> None:
        self.stack = stack

    def preview(self, root: Path, report: Report) -> tuple[Result, dict[str, str]]:
        """What an update would do to what the last deployment left, and the configuration that it would run with."""
        try:
            copy = state_copy.fetch(self.stack)
            with tempfile.TemporaryDirectory(prefix="priceguard-") as folder:
                made = preview_workspace(root, self.stack, copy, Path(folder), (root / "policy",))
                # The program of another checkout must not import the packages of this one.
                workspace = replace(made, environment={**made.environment, "PYTHONPATH": str(root)})
                found = Engine(workspace).preview(report)
        except StateCopyError as error:
            raise EngineError(str(error)) from error
        return replace(found, diagnostics=(*found.diagnostics, *_said(copy))), read_configuration(self.stack, root)


def _said(copy: Copy | None) -> tuple[Diagnostic, ...]:
    """What whoever reads the preview has to know of the copy."""
    words = NONE if copy is None else "" if copy.current else OUTDATED
    return (Diagnostic(severity="warning", message=words, urn=""),) if words else ()
