"""An environment that can be looked at and changed, wherever it is: on AWS, or the platform on this machine."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import stripe

from gitops.engine import Report
from gitops.engine_result import Result
from gitops.verification.result import Expected, Service


class ImageCopyError(Exception):
    """An image cannot be had where it is to run; the message says why and what to do."""


class Previews(Protocol):
    """What can be asked what an update would do, and nothing else."""

    @property
    def stack(self) -> str:
        """`dev` or `prod`."""
        ...

    def preview(self, root: Path, report: Report, /) -> tuple[Result, dict[str, str]]:
        """What an update to the checkout `root` would do, and the configuration that it would run with.

        Raises:
            EngineError: the engine could not.
        """
        ...


class Target(Previews, Protocol):
    """One environment. `root` is always a checkout: its program, its policy pack and its `Pulumi.<stack>.yaml`.

    Calls that ask the engine raise `gitops.engine.EngineError`; those that ask the service, `VerifyError`.
    """

    def update(self, root: Path, report: Report, /) -> None:
        """Bring everything to what the program says. The service's roll is not waited for."""
        ...

    def outputs(self) -> Mapping[str, Any]:
        """The stack outputs of the last update; empty when there was none."""
        ...

    def expected(self) -> Expected:
        """What the last update promised to run, at an address that can be reached from here."""
        ...

    def service(self, expected: Expected, /) -> Service:
        """Where the service is looked at."""
        ...

    def booked(self, event_id: str, since: float) -> bool:
        """Whether the API's own log, from the Unix time `since` on, names the event of Stripe as booked."""
        ...

    def stripe(self) -> stripe.StripeClient:
        """A client of this environment's Stripe account."""
        ...

    def copy_image(self, source: str, image: str) -> None:
        """Have the image `source` in this environment's own repository as `image`, unchanged; both named by digest.

        Twice is as good as once.

        Raises:
            ImageCopyError: it is not there, or cannot be copied.
        """
        ...

    def drift(self, report: Report, /) -> Result:
        """What somebody changed behind the program's back; nothing is changed."""
        ...

    def publish(self) -> None:
        """After an update: leave what the next previews compare with."""
        ...
