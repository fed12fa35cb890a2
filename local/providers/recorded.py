"""The types that are recorded only: nothing is made of them, their outputs are their inputs."""

import secrets
from collections.abc import Mapping
from typing import Any

from local.providers.resource import Diff, Made, Resource, World, compare


class Recorded:
    """A type that this machine has nothing for. An update is always possible: there is nothing to change."""

    sensitive: frozenset[str] = frozenset()

    def check(self, world: World, name: str, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - Kind's
        """Return the inputs as they are."""
        return dict(inputs)

    def diff(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> Diff:
        """Nothing forces a replacement."""
        return Diff(compare(old, new), frozenset())

    def create(self, world: World, name: str, inputs: Mapping[str, Any]) -> Made:  # noqa: ARG002 - Kind's
        """Give it an id."""
        resource_id = f"{name}-{secrets.token_hex(4)}"
        return Made(resource_id, {**inputs, "id": resource_id})

    def read(self, world: World, resource: Resource) -> Resource | None:  # noqa: ARG002 - Kind's
        """It is as it was made: nobody else can change it."""
        return resource

    def update(self, world: World, old: Resource, inputs: Mapping[str, Any]) -> Made:  # noqa: ARG002 - Kind's
        """Record the new inputs."""
        return Made(old.id, {**inputs, "id": old.id})

    def delete(self, world: World, resource: Resource) -> None:
        """There is nothing to remove."""


ROWS = {
    # The program's providers: the stand-ins need none of what they are configured with.
    "pulumi:providers:aws": Recorded(),
    "pulumi:providers:stripe": Recorded(),
}
