"""The command line's way to the engine of the platform that runs."""

from pathlib import Path

import msgspec

from gitops.engine import Engine, EngineError, Report, Result
from local.client import last_stack, platform_directory
from local.control import SilentError, connect
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
    operation: str, assignments: dict[str, str], report: Report, root: Path = ROOT
) -> tuple[Result, dict[str, str]]:
    """Have the engine do something, and return what it tells and the configuration it was asked with.

    Args:
        operation: `preview`, `drift` or `destroy`.
        assignments: configuration keys that are set for this run.
        report: told of each resource that is done.
        root: the checkout.

    Raises:
        PlatformEngineError: it could not; with what it had done and found until then.
        ClientError: the platform's folder cannot be had.
    """
    connection = connect(platform_directory(root))
    if connection is None:
        raise PlatformEngineError(NOTHING_RUNS)
    try:
        with connection:
            for event in connection.request("ask", operation=operation, assignments=assignments):
                if "done" in event:
                    return msgspec.convert(event["done"]["result"], Result), event["done"]["config"]
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
    """What an update of the platform would do; `stack` must be the one that runs.

    Raises:
        EngineError: as `ask`.
        ClientError: as `ask`.
    """
    _refuse_other(stack, root)
    return ask("preview", assignments, report, root)


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
