"""An environment on AWS: `gitops.release.target.Target`, with the credentials and variables of the job."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import stripe

from gitops.engine import Engine, Report, Workspace
from gitops.engine_result import Result
from gitops.previews import state_copy
from gitops.release import image_copy
from gitops.stored_secrets.stripe_key import STRIPE_API, StripeKeyError, check_form
from gitops.verification import api_log
from gitops.verification import result as verify_result
from gitops.verification.ecs_roll import EcsService
from gitops.verification.result import Expected, Service
from render.configuration import ROOT, read_configuration

DOCKER = {"BUILDX_NO_DEFAULT_ATTESTATIONS": "1"}
"""One manifest and nothing beside it: an index would hold the time of the build, and have another digest each time."""
BUILT = "docker-build:index:Image"
"""A build's record, no resource that somebody could change. It is read with the registry's password of the day it was
built, and versions of its provider take the refusal for a deletion."""
ANSWERS_WITHIN = 20.0  # seconds; Stripe's library


class CloudTarget:
    """`dev` or `prod` on AWS."""

    def __init__(self, stack: str, root: Path = ROOT) -> None:
        self.stack = stack
        self._root = root
        self._outputs: Mapping[str, Any] | None = None

    def preview(self, root: Path, report: Report) -> tuple[Result, dict[str, str]]:
        """What an update would do, and the configuration that it would run with."""
        return self._engine(root).preview(report), read_configuration(self.stack, root)

    def update(self, root: Path, report: Report) -> None:
        """Bring everything to what the program says."""
        self._outputs = None
        self._engine(root).up(report)

    def outputs(self) -> Mapping[str, Any]:
        """The stack outputs of the last update; empty when there was none."""
        if self._outputs is None:
            self._outputs = self._engine(self._root).outputs()
        return self._outputs

    def expected(self) -> Expected:
        """What the last update promised to run."""
        return verify_result.expected(self.outputs())

    def service(self, expected: Expected) -> Service:
        """ECS."""
        return EcsService(expected)

    def booked(self, event_id: str, since: float) -> bool:
        """Whether the API's log in CloudWatch names the event as booked."""
        expected = self.expected()
        return api_log.booked(expected.log_group, expected.region, event_id, since)

    def stripe(self) -> stripe.StripeClient:
        """By the key in STRIPE_API_KEY.

        Raises:
            StripeKeyError: there is none, or it is of the other mode.
        """
        key = os.environ.get("STRIPE_API_KEY", "")
        try:
            check_form(key, self.stack)
        except StripeKeyError as error:
            raise StripeKeyError(f"STRIPE_API_KEY: {error}") from None
        http = stripe.RequestsClient(timeout=ANSWERS_WITHIN)
        return stripe.StripeClient(key, base_addresses={"api": STRIPE_API}, http_client=http, max_network_retries=3)

    def copy_image(self, source: str, image: str) -> None:
        """From dev's repository into this environment's."""
        image_copy.copy(source, image)

    def drift(self, report: Report) -> Result:
        """What differs from what the stack remembers."""
        found = self._engine(self._root).drift(report)
        return replace(found, changes=tuple(change for change in found.changes if change.type != BUILT))

    def publish(self) -> None:
        """Leave a copy of the state without secrets, which previews compare with."""
        state_copy.publish(self.stack, self._engine(self._root).export)

    def _engine(self, root: Path) -> Engine:
        # The program of another checkout must not import the packages of this one, which the environment names.
        environment = {**DOCKER, "PYTHONPATH": str(root)}
        return Engine(
            Workspace(directory=root, stack=self.stack, policy_packs=(root / "policy",), environment=environment)
        )
