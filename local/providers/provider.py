"""The facade: every operation on a resource, whatever its type."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from local.providers import (
    acm,
    autoscaling,
    budgets,
    cloudwatch,
    docker_build,
    dynamic,
    ec2,
    ecr,
    ecs,
    iam,
    kms,
    listeners,
    load_balancing,
    log_metrics,
    logs,
    rds,
    recorded,
    routes,
    s3,
    secrets_manager,
    security_groups,
    sns,
    stripe,
    wafv2,
)
from local.providers.aws_resource import AwsResource
from local.providers.errors import ProviderError, Refusal, without_secrets
from local.providers.invokes import invoke
from local.providers.random_password import RandomPassword
from local.providers.resource import Diff, Kind, Resource, Surroundings, World
from local.providers.rows import Row

T = TypeVar("T")

_TABLES: tuple[Mapping[str, Row | Kind], ...] = (
    ec2.ROWS,
    routes.ROWS,
    security_groups.ROWS,
    kms.ROWS,
    logs.ROWS,
    log_metrics.ROWS,
    iam.ROWS,
    rds.ROWS,
    secrets_manager.ROWS,
    s3.ROWS,
    load_balancing.ROWS,
    listeners.ROWS,
    wafv2.ROWS,
    ecr.ROWS,
    docker_build.ROWS,
    ecs.ROWS,
    autoscaling.ROWS,
    acm.ROWS,
    sns.ROWS,
    cloudwatch.ROWS,
    budgets.ROWS,
    recorded.ROWS,
    stripe.ROWS,
    dynamic.ROWS,
    {"random:index/randomPassword:RandomPassword": RandomPassword()},
)

KINDS: dict[str, Kind] = {
    type_: AwsResource(row) if isinstance(row, Row) else row for table in _TABLES for type_, row in table.items()
}
"""Every type that can be had on this machine."""


class Providers:
    """Checks, compares, makes, changes and removes resources on this machine, and answers functions.

    Properties are plain data under Pulumi's camelCase names, secrets unwrapped; None is the same as absent. Calls
    block, and one object serves one thread at a time.

    Every method raises ProviderError when the type is unknown, a property is unknown or wrong, or AWS's emulator or
    the database refuses. Its message never holds the value of a sensitive property.
    """

    def __init__(self, surroundings: Surroundings) -> None:
        self._world = World(surroundings)

    def check(
        self,
        type: str,  # noqa: A002 - Pulumi's word
        name: str,
        inputs: Mapping[str, Any],
        old_inputs: Mapping[str, Any] | None,
    ) -> dict[str, Any]:
        """Return the inputs, completed by a physical name where the program gives none: the old one or a new one."""
        return _run(type, name, inputs, lambda kind: kind.check(self._world, name, inputs, old_inputs or {}))

    def diff(
        self,
        type: str,  # noqa: A002 - Pulumi's word
        old_inputs: Mapping[str, Any],
        new_inputs: Mapping[str, Any],
    ) -> Diff:
        """Return which properties differ, and which of these force a replacement."""
        return _run(type, "", new_inputs, lambda kind: kind.diff(old_inputs, new_inputs))

    def create(self, type: str, name: str, inputs: Mapping[str, Any]) -> Resource:  # noqa: A002 - Pulumi's word
        """Make a resource from checked inputs."""
        made = _run(type, name, inputs, lambda kind: kind.create(self._world, name, inputs))
        return Resource(type, name, made.id, dict(inputs), made.outputs)

    def read(self, resource: Resource) -> Resource | None:
        """Return what has become of a resource behind the program's back, or None when it is gone.

        Its inputs are what the program would have to say for what is there; what nobody has touched is equal to what
        it was.
        """
        return _run(resource.type, resource.name, resource.inputs, lambda kind: kind.read(self._world, resource))

    def update(self, old: Resource, inputs: Mapping[str, Any]) -> Resource:
        """Change a resource in place to checked inputs; a change that forces a replacement is an error."""
        made = _run(old.type, old.name, inputs, lambda kind: kind.update(self._world, old, inputs))
        return Resource(old.type, old.name, made.id, dict(inputs), made.outputs)

    def delete(self, resource: Resource) -> None:
        """Remove a resource."""
        _run(resource.type, resource.name, resource.inputs, lambda kind: kind.delete(self._world, resource))

    def invoke(self, token: str, args: Mapping[str, Any]) -> dict[str, Any]:
        """Answer a function of the AWS provider."""
        try:
            return invoke(self._world, token, args)
        except Refusal as refusal:
            raise ProviderError(token, "", refusal.reason, refusal.property) from None


def _run(type_: str, name: str, inputs: Mapping[str, Any], action: Callable[[Kind], T]) -> T:
    kind = KINDS.get(type_)
    if kind is None:
        raise ProviderError(type_, name, "no such type on this machine: it needs a row in local/providers/")
    try:
        return action(kind)
    except Refusal as refusal:
        reason = without_secrets(refusal.reason, inputs, kind.sensitive)
        raise ProviderError(type_, name, reason, refusal.property) from None
