"""What the stand-ins work on, and what they make."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from local.providers.aws import Aws


@dataclass(frozen=True)
class Resource:
    """What exists. Its repr does not show the properties, which may be secret.

    Args:
        type: type token, such as `aws:ec2/vpc:Vpc`.
        name: logical name.
        id: the id that AWS gave it.
        inputs: checked properties that it was made from.
        outputs: those and what AWS added, by Pulumi's names.
    """

    type: str
    name: str
    id: str
    inputs: dict[str, Any] = field(repr=False)
    outputs: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Diff:
    """Top-level properties that differ, and those of them that force a replacement."""

    changed: frozenset[str]
    replaces: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What the stand-ins work on.

    Args:
        aws_endpoint: URL of the AWS emulator.
        region: AWS region.
        database_admin_dsn: `postgresql://` URL of a PostgreSQL superuser; an RDS instance becomes a role and a
            database there. Without one an RDS instance is an error.
        database_address: host and port that an RDS instance's outputs name.
        stripe_url: URL of the Stripe stand-in. Without one Stripe's types are an error.
        stripe_live: whether it stands for Stripe's live mode, and takes the keys of that.
        netlify_url: base URL of the Netlify stand-in's API. Without one its types are an error.
        netlify_token: what that stand-in lets in.
        given_secrets: name of a secret -> the value that a person would put; it is there as soon as the secret is.
        image_manifest: stands for what an image is built from; without it an image is an error.
    """

    aws_endpoint: str
    region: str
    database_admin_dsn: str | None = field(repr=False)
    database_address: tuple[str, int]
    stripe_url: str | None = None
    netlify_url: str | None = None
    netlify_token: str = field(default="", repr=False)
    stripe_live: bool = False
    given_secrets: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    image_manifest: str | None = None


@dataclass(frozen=True)
class World:
    """The surroundings and the AWS in them."""

    surroundings: Surroundings

    @cached_property
    def aws(self) -> "Aws":
        """The emulator."""
        from local.providers.aws import Aws  # noqa: PLC0415 - a plugin that needs no AWS need not load an SDK

        return Aws(self.surroundings.aws_endpoint, self.surroundings.region)


@dataclass(frozen=True)
class Made:
    """What a creation or an update has led to."""

    id: str
    outputs: dict[str, Any] = field(repr=False)


class Kind(Protocol):
    """What can be done with resources of one type. What cannot be done raises Refusal."""

    @property
    def sensitive(self) -> frozenset[str]:
        """Properties whose values never appear in an error."""
        ...

    def check(self, world: World, name: str, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
        """Return the inputs, completed; `old` are those of the resource that exists."""
        ...

    def diff(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> Diff:
        """Compare two sets of checked inputs."""
        ...

    def create(self, world: World, name: str, inputs: Mapping[str, Any]) -> Made:
        """Make a resource from checked inputs."""
        ...

    def read(self, world: World, resource: Resource) -> Resource | None:
        """Return what has become of a resource, or None when it is gone."""
        ...

    def update(self, world: World, old: Resource, inputs: Mapping[str, Any]) -> Made:
        """Change a resource in place."""
        ...

    def delete(self, world: World, resource: Resource) -> None:
        """Remove a resource."""
        ...


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> frozenset[str]:
    """Return the names of the values that differ; None is the same as absent."""
    return frozenset(name for name in {*old, *new} if old.get(name) != new.get(name))
