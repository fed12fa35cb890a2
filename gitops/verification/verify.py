"""Is what was deployed really what runs?

A service that is stable is not yet the new one: after a failed deployment AWS goes back to the old one, and that is
stable too. So every look asks for the promised task definition, the promised image in each task, and an API that is
well and tells the promised revision; all of it has to stay so for a while. Nothing is changed, so that a verification
that was killed is simply run again.
"""

import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass

import httpx

from gitops.verification import api_revision
from gitops.verification.ecs_roll import EcsService
from gitops.verification.result import (
    Deployment,
    Expected,
    NoAnswerError,
    Roll,
    RolledBackError,
    Service,
    SupersededError,
    UnhealthyError,
    UnstableError,
    Verified,
    VerifyError,
    WrongImageError,
)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Seconds, and the clock that counts them.

    Args:
        most: until everything is as it should be for the last time.
        soak: how long it must then stay so.
        pause: between two looks.
        now, sleep: the clock.
    """

    most: float = 900
    soak: float = 120
    pause: float = 5
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class _Trouble:
    """What is not as it should be yet, and what that is when time is up."""

    words: str
    error: type[VerifyError]


def verify(
    expected: Expected,
    *,
    service: Service | None = None,
    http: httpx.Client | None = None,
    waiting: Waiting | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Verified:
    """Return when what was promised runs and has stayed so.

    Args:
        expected: the promise, `gitops.verification.result.expected(outputs)`.
        service: where the service is looked at; ECS, with the credentials of the environment, unless given.
        http: asks the API.
        waiting: how long, and how often.
        progress: told at each look what is still missing.

    Raises:
        RolledBackError: AWS gave the deployment up.
        SupersededError: something newer was deployed meanwhile.
        WrongImageError: a task runs another image.
        UnstableError, UnhealthyError, NoAnswerError: time is up; what was missing last.
        VerifyError: there is no such service, or AWS refuses.
    """
    with nullcontext(http) if http else api_revision.client() as asked:
        return _Verification(expected, service or EcsService(expected), asked, waiting or Waiting(), progress).run()


class _Verification:
    """One verification; `_seen` are the tasks that have run since all was well."""

    def __init__(
        self,
        expected: Expected,
        service: Service,
        http: httpx.Client,
        waiting: Waiting,
        progress: Callable[[str], None],
    ) -> None:
        self._expected, self._service, self._http = expected, service, http
        self._waiting, self._progress = waiting, progress
        self._well_since: float | None = None
        self._restarts = 0
        self._seen: frozenset[str] = frozenset()

    def run(self) -> Verified:
        """Look until it has been well for long enough, or time is up."""
        waiting = self._waiting
        began = waiting.now()
        while True:
            trouble = self._look()
            now = waiting.now()
            soaked = 0.0 if self._well_since is None else now - self._well_since
            if trouble is None and soaked >= waiting.soak:
                return self._verified(now - began, soaked)
            if trouble and now - began >= waiting.most + (0 if self._well_since is None else waiting.soak):
                raise self._late(trouble)
            self._progress(trouble.words if trouble else f"as it should be for {soaked:.0f} of {waiting.soak:g} s")
            waiting.sleep(waiting.pause)

    def _verified(self, seconds: float, soaked: float) -> Verified:
        return Verified(
            expected=self._expected,
            tasks=tuple(sorted(self._seen)),
            seconds=round(seconds, 1),
            soaked=round(soaked, 1),
            restarts=self._restarts,
        )

    def _late(self, trouble: _Trouble) -> VerifyError:
        fell = f"; it was as it should be and did not stay so, {self._restarts} times" if self._restarts else ""
        words = f"not verified within {self._waiting.most:g} s: {trouble.words}{fell}; {trouble.error.remedy}"
        return trouble.error(words, self._service.evidence())

    def _look(self) -> _Trouble | None:
        """What is not as it should be; the time for which all was well begins anew when something is not."""
        try:
            roll = self._service.look()
            trouble = self._rolling(roll) or self._starting(roll) or self._answering() or self._replaced(roll)
        except NoAnswerError as error:  # nobody knows, which is no reason to begin anew
            return _Trouble(str(error), NoAnswerError)
        if trouble:
            self._restarts += self._well_since is not None
            self._well_since, self._seen = None, frozenset()
            return trouble
        self._seen = frozenset(task.id for task in roll.tasks)
        if self._well_since is None:
            self._well_since = self._waiting.now()
        return None

    def _rolling(self, roll: Roll) -> _Trouble | None:
        """Until one deployment is left, which must be ours."""
        primary = next((one for one in roll.deployments if one.status == "PRIMARY"), None)
        ours = [one for one in roll.deployments if one.task_definition == self._expected.task_definition]
        failed = [one for one in ours if one.state == "FAILED"]
        if failed and (primary in failed or primary not in ours):  # else it is being tried again
            raise self._given_up(primary, failed[0].reason)
        if primary is None or len(roll.deployments) > 1 or primary.state != "COMPLETED":
            states = ", ".join(f"{_short(one.task_definition)} {one.state}" for one in roll.deployments)
            return _Trouble(f"deployments go on: {states or 'none yet'}", UnstableError)
        if not ours:
            raise self._given_up(primary, "")
        return None

    def _given_up(self, primary: Deployment | None, reason: str) -> VerifyError:
        wanted, runs = self._expected.task_definition, primary.task_definition if primary else ""
        if _number(runs) > _number(wanted):
            newer = f"{_short(runs)} was deployed after {_short(wanted)} and is what runs; verify that deployment"
            return SupersededError(newer)
        back = f" and went back to {_short(runs)}" if runs and runs != wanted else ""
        why = f" ({reason})" if reason else ""
        words = f"AWS gave up the deployment of {_short(wanted)}{why}{back}; {RolledBackError.remedy}"
        return RolledBackError(words, self._service.evidence())

    def _starting(self, roll: Roll) -> _Trouble | None:
        """Until every task that is wanted runs, each with the promised image."""
        wanted, promised = roll.desired, self._expected
        ours = [task for task in roll.tasks if task.task_definition == promised.task_definition and task.digest]
        if not (wanted and wanted == roll.running == len(ours) == len(roll.tasks)):
            words = f"{len(ours)} of {wanted} tasks run {_short(promised.task_definition)}, and {roll.running} in all"
            return _Trouble(words, UnstableError)
        others = {task.digest for task in ours} - {promised.digest}
        if others and (others := others - self._service.digests()):
            found = f"tasks of {_short(promised.task_definition)} run {', '.join(sorted(others))}"
            words = f"{found}, and {promised.digest} was promised; was the service changed by hand? deploy again"
            raise WrongImageError(words, self._service.evidence())
        return None

    def _answering(self) -> _Trouble | None:
        words = api_revision.trouble(self._http, self._expected.url, self._expected.revision)
        return _Trouble(words, UnhealthyError) if words else None

    def _replaced(self, roll: Roll) -> _Trouble | None:
        """A task that ended between two looks and has a successor already."""
        gone = sorted(self._seen - {task.id for task in roll.tasks})
        return _Trouble(f"task {', '.join(gone)} ended", UnstableError) if gone else None


def _short(arn: str) -> str:
    """`priceguard-dev:8`."""
    return arn.rpartition("/")[2]


def _number(arn: str) -> int:
    """A task definition's own count of its revisions; each is newer than those below it."""
    number = arn.rpartition(":")[2]
    return int(number) if number.isdigit() else 0
