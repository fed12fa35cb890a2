"""The service of the platform on this machine, as a verification looks at it."""

from typing import Any

from gitops.doctor.report import shown
from gitops.engine import EngineError
from gitops.verification.result import Deployment, Evidence, Expected, NoAnswerError, Roll, Task, VerifyError
from local.client import ClientError
from local.engine_client import NOTHING_RUNS, told

_EVENTS, _STOPPED, _LINES = 8, 5, 20  # the most that is told


class LocalService:
    """A service of the local ECS: `gitops.verification.result.Service`.

    Args:
        stack: whose platform.
        expected: what was promised.
    """

    def __init__(self, stack: str, expected: Expected) -> None:
        self._stack, self._expected = stack, expected

    def look(self) -> Roll:
        """As it is now."""
        found = self._described()
        return Roll(
            deployments=tuple(Deployment(**one) for one in found["deployments"]),
            desired=found["desired"],
            running=found["running"],
            tasks=tuple(_task(one) for one in found["tasks"]),
        )

    def digests(self) -> frozenset[str]:
        """The promised one: an image is for this machine alone."""
        return frozenset({self._expected.digest})

    def evidence(self) -> Evidence:
        """Why it may not run."""
        try:
            found = self._described()
        except VerifyError as error:
            return Evidence(events=[f"could not be read: {error}"])
        promised = self._expected.task_definition
        stopped = [one for one in found["stopped"] if one["task_definition"] == promised]
        # One that was stopped because the others failed has often said nothing yet.
        speaks = next((one for one in stopped or found["tasks"] if one["log"]), None)
        return Evidence(
            events=[shown(event) for event in found["events"][:_EVENTS]],
            stopped=[f"{one['id']}: {shown(one['reason'] or 'it gives no reason')}" for one in stopped[:_STOPPED]],
            log=[shown(line) for line in speaks["log"][-_LINES:]] if speaks else [],
        )

    def _described(self) -> dict[str, Any]:
        name = self._expected.service
        try:
            found = told(self._stack, "service", service=name)
        except (EngineError, ClientError) as error:
            raise NoAnswerError(str(error)) from error
        if found is None:
            raise VerifyError(f"there is no service {name} of {self._stack}, or {NOTHING_RUNS}")
        return found


def _task(found: dict[str, Any]) -> Task:
    return Task(id=found["id"], task_definition=found["task_definition"], digest=found["digest"])
