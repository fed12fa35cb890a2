"""Pulumi's engine, through its Automation API: what a preview or an update did, as typed values."""

import os
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any

from pulumi import automation
from pulumi.automation.errors import CommandError, ConcurrentUpdateError, StackNotFoundError

from gitops.engine_errors import COMMAND, EngineError, EngineMissingError, LockedError, ProtectedError, reason
from gitops.engine_events import Collector
from gitops.engine_result import Result
from render.registration import type_and_name

__all__ = [
    "Engine",
    "EngineError",
    "EngineMissingError",
    "LockedError",
    "ProtectedError",
    "Report",
    "Result",
    "Workspace",
]

LOOPBACK = "127.0.0.1", "localhost"
QUIET = {
    "PULUMI_SKIP_UPDATE_CHECK": "true",
    "PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK": "true",
}
"""No question to Pulumi whether there is a newer one."""
_HOLDER = re.compile(r"created by (?P<owner>\S+) \(pid (?P<pid>\d+)\) at (?P<since>\S+)")

Report = Callable[[dict[str, Any]], None]
"""Told of each resource that is done: `op`, `type`, `name`, `changed` (property names) and `seconds`."""


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """Where the engine runs.

    Args:
        directory: holds Pulumi.yaml.
        stack: name of the stack.
        environment: variables beside those of this process.
        policy_packs: folders of policy packs that previews and updates have to pass.
        creates: whether a stack that does not exist is made.
        local: whether it is that of the local platform, whose commands say so.
    """

    directory: Path
    stack: str
    environment: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    policy_packs: tuple[Path, ...] = ()
    creates: bool = False
    local: bool = False

    @property
    def unlock(self) -> str:
        """The command that takes a lock away."""
        return f"priceguard unlock {self.stack}{' --local' if self.local else ''}"


def past_proxies() -> dict[str, str]:
    """Variables by which the engine, the program and the plugins speak to each other past any proxy."""
    return {name: ",".join(filter(None, (os.environ.get(name), *LOOPBACK))) for name in ("no_proxy", "NO_PROXY")}


def available() -> bool:
    """Whether there is a `pulumi` command."""
    return shutil.which(COMMAND) is not None


class _Place(automation.LocalWorkspace):
    """Does not select a stack: whoever works here by hand would find another one selected than before."""

    def select_stack(self, stack_name: str) -> None:
        """Only make sure that there is such a stack."""
        self.pulumi_command.run(["stack", "--stack", stack_name], self.work_dir, self.env_vars)


class Engine:
    """One stack in the hands of the engine. Calls block; nothing of it asks a question or opens a browser."""

    def __init__(self, workspace: Workspace) -> None:
        if not available():
            raise EngineMissingError
        self._workspace = workspace
        self._packs = [str(pack) for pack in workspace.policy_packs]
        environment = {**QUIET, **past_proxies(), **workspace.environment}
        pick = automation.Stack.create_or_select if workspace.creates else automation.Stack.select
        self._stack = self._asked(
            lambda: pick(workspace.stack, _Place(work_dir=str(workspace.directory), env_vars=environment))
        )

    def preview(self, report: Report | None = None, *, refresh: bool = False) -> Result:
        """What an update would do; `refresh` looks first at what is really there."""
        run = self._stack.preview
        return self._run(lambda on: run(on_event=on, color="never", policy_packs=self._packs, refresh=refresh), report)

    def up(self, report: Report | None = None, *, refresh: bool = False) -> Result:
        """Bring everything to what the program says; `refresh` looks first at what is really there."""
        run = self._stack.up
        return self._run(lambda on: run(on_event=on, color="never", policy_packs=self._packs, refresh=refresh), report)

    def drift(self, report: Report | None = None) -> Result:
        """What differs from what the stack remembers: changes made behind its back. Nothing is changed."""
        return self._run(lambda on: self._stack.preview_refresh(on_event=on, color="never"), report)

    def refresh(self, report: Report | None = None) -> Result:
        """Have the stack remember what is really there."""
        return self._run(lambda on: self._stack.refresh(on_event=on, color="never"), report)

    def destroy(self, report: Report | None = None) -> Result:
        """Remove everything that the stack owns, unless some of it is protected: then nothing is removed.

        Raises:
            ProtectedError: naming each protected resource. The engine itself would begin, and stop at the first.
        """
        kept = [one for one in self.export().get("resources") or () if one.get("protect") and one.get("custom")]
        if kept:
            names = sorted(f"{one['type']} {type_and_name(one['urn'])[1]}" for one in kept)
            raise ProtectedError(self._workspace.stack, names)
        return self._run(lambda on: self._stack.destroy(on_event=on, color="never"), report)

    def outputs(self) -> dict[str, Any]:
        """The stack outputs, secrets laid open."""
        return {name: output.value for name, output in self._asked(self._stack.outputs).items()}

    def export(self) -> dict[str, Any]:
        """What the stack remembers: the engine's `deployment`, secrets laid open."""
        return dict(self._asked(self._stack.export_stack).deployment)

    def load(self, deployment: Mapping[str, Any]) -> None:
        """Have it remember something else; the opposite of `export`."""
        state = automation.Deployment(version=3, deployment=dict(deployment))
        self._asked(lambda: self._stack.import_stack(state))

    def unlock(self) -> None:
        """Take away the lock of an update that was killed. One that still runs would go on and lose what it does."""
        self._asked(self._stack.cancel)

    def _run(self, command: Callable[[Callable[[Any], None]], Any], report: Report | None) -> Result:
        collector = Collector(report)
        self._asked(lambda: command(collector.take), collector)
        collector.close()
        return collector.result()

    def _asked(self, action: Callable[[], Any], collector: Collector | None = None) -> Any:
        name = self._workspace.stack
        try:
            return action()
        except ConcurrentUpdateError as error:
            found = _HOLDER.search(str(error))
            owner, pid, since = found.group("owner", "pid", "since") if found else ("", "0", "")
            raise LockedError(name, self._workspace.unlock, owner, int(pid), since) from None
        except StackNotFoundError:
            raise EngineError(
                f"there is no stack {name} in this backend: `pulumi stack init {name}` makes it"
            ) from None
        except (CommandError, CalledProcessError, OSError, RuntimeError) as error:
            result = collector.result() if collector else None
            raise EngineError(reason(str(error), result), result) from None
