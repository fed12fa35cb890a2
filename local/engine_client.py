"""The way of commands to the platform that runs, and to its engine."""

from pathlib import Path
from typing import Any

import msgspec

from gitops.engine import Engine, EngineError, Report, Result
from local.client import connect_or_start, last_stack, platform_directory
from local.control import Connection, SilentError, connect
from local.project import Project
from render.configuration import ROOT

NOTHING_RUNS = "nothing runs here: `priceguard local up --engine pulumi` first"


class PlatformEngineError(EngineError):
    """The platform's engine could not do it.

    Args:
        message: for people.
        result: what it had done until then.
        config: the configuration that it was asked with; None when it was not asked.
    """

    def __init__(self, message: str, result: Result | None = None, config: dict[str, str] | None = None) -> None:
        super().__init__(message, result)
        self.config = config


def ask(
    operation: str,
    assignments: dict[str, str],
    report: Report,
    root: Path = ROOT,
    *,
    checkout: Path = ROOT,
) -> tuple[Result, dict[str, str]]:
    """Have the engine do something, and return what it tells and the configuration it was asked with.

    Args:
        operation: `preview`, `drift` or `destroy`.
        assignments: configuration keys that are set for this run.
        report: told of each resource that is done.
        root: the checkout whose platform it is.
        checkout: whose update a preview shows; for all else any will do, and the one that runs may be gone.

    Raises:
        PlatformEngineError: it could not; with what it had done and found until then.
        ClientError: the platform's folder cannot be had.
    """
    connection = connect(platform_directory(root))
    if connection is None:
        raise PlatformEngineError(NOTHING_RUNS)
    asked = {"operation": operation, "assignments": assignments, "root": str(checkout.absolute())}
    done = answer(connection, report, "ask", **asked)
    return msgspec.convert(done["result"], Result), done["config"]


def answer(connection: Connection, report: Report, command: str, **arguments: Any) -> Any:
    """Send one command, and hang up after what it led to.

    Raises:
        PlatformEngineError: the platform could not, is busy, or has gone.
    """
    try:
        with connection:
            for event in connection.request(command, **arguments):
                if "done" in event:
                    return event["done"]
                if "error" in event or "busy" in event:
                    said = event.get("error") or event["busy"]
                    raise PlatformEngineError(said, _result(event.get("result")), event.get("config"))
                report(event)
    except (ConnectionError, SilentError) as error:
        raise PlatformEngineError(str(error) or "the platform has gone") from error
    raise PlatformEngineError("the platform stopped before it answered: see `priceguard local logs platform`")


def preview_local(
    stack: str, assignments: dict[str, str], report: Report, root: Path = ROOT
) -> tuple[Result, dict[str, str]]:
    """What an update of the platform from the checkout `root` would do; `stack` must be the one that runs.

    Raises:
        EngineError: as `ask`.
        ClientError: as `ask`.
    """
    _refuse_other(stack, root)
    return ask("preview", assignments, report, root, checkout=root)


def update_local(
    stack: str, assignments: dict[str, str], report: Report, checkout: Path, *, port: int | None = None
) -> dict[str, Any]:
    """Bring the platform to what a checkout says; it is started where it does not run.

    Its service has begun to roll then, and what becomes of that is told by `described`.

    Args:
        stack: which one.
        assignments: configuration keys that are set for this run.
        report: told of each part and each resource.
        checkout: what is to run.
        port: local port of a platform that is started now; None means the usual one, 0 a free one.

    Returns:
        What `Platform.up` does.

    Raises:
        EngineError: the engine, the program, a provider or a policy refuses.
        ClientError: as `connect_or_start`.
    """
    asked: dict[str, Any] = {"engine": "auto", "image": False, "refresh": False, "attach": False, "port": None}
    asked |= {"await_service": False, "assignments": assignments, "root": str(checkout.absolute())}
    return answer(connect_or_start(port, stack), report, "up", **asked)


def told(stack: str, command: str, **arguments: Any) -> Any:
    """What the platform of `stack` answers to `status` or `service`; None when it does not run.

    Raises:
        PlatformEngineError: it is there and does not answer.
        ClientError: the platform's folder cannot be had.
    """
    if last_stack() != stack or (connection := connect(platform_directory())) is None:
        return None
    return answer(connection, lambda _: None, command, **arguments)


def unlock_local(stack: str, root: Path = ROOT) -> None:
    """Take away the lock that a killed engine has left, whether the platform runs or not.

    Raises:
        EngineError: something is at work there, another stack ran here last, or the engine never did.
        ClientError: as `ask`.
    """
    _refuse_other(stack, root)
    directory = platform_directory(root)
    if connection := connect(directory):
        with connection:
            status = next((event["done"] for event in connection.request("status") if "done" in event), {})
        if status.get("at_work"):
            raise PlatformEngineError(f"{status['at_work']} is at work here: it holds the lock")
    project = Project(root, directory, stack)
    if not project.exists:
        raise PlatformEngineError("the engine has not run here: there is no lock")
    Engine(project.workspace()).unlock()


def _refuse_other(stack: str, root: Path) -> None:
    if (last := last_stack(root)) != stack:
        raise PlatformEngineError(f"{last} is here, not {stack}: `priceguard local down`, then `up --stack {stack}`")


def _result(plain: object) -> Result | None:
    return msgspec.convert(plain, Result) if plain else None
