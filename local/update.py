"""What an `up` is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Update:
    """One update of the platform.

    Args:
        root: the checkout that is to run: its program, policy pack, stack file and the API's files.
        engine: who carries the program out; see `program_engine.ENGINES`.
        assignments: configuration keys that are set for this run.
        with_image: whether the tasks run from the API's image, if it can be built here.
        refresh: whether the engine first looks at what is really there, and puts it back.
        awaits_service: whether it ends with the service's roll, or leaves that to whoever looks at it then.
    """

    root: Path
    engine: str
    assignments: Mapping[str, str]
    with_image: bool
    refresh: bool
    awaits_service: bool

    @classmethod
    def asked(cls, request: Mapping[str, Any]) -> "Update":
        """The update that a request over the control connection asks for."""
        return cls(
            root=Path(request["root"]),
            engine=request["engine"],
            assignments=request["assignments"],
            with_image=request["image"],
            refresh=request["refresh"],
            awaits_service=request["await_service"],
        )

    @property
    def operation(self) -> str:
        """How the engine calls it."""
        return "up --refresh" if self.refresh else "up"
