"""What a Pulumi program says when it registers a resource, as plain data.

The program speaks the engine's protocol: a protobuf message whose `Struct` marks secrets with a signature. Here that
becomes a `Registration`, in which a secret is a `Secret`, and back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from google.protobuf import struct_pb2
from google.protobuf.json_format import MessageToDict, ParseDict

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a constant of the protocol, no secret
RESOURCE_SIGNATURE = "5cf8f73096256a8f31e491e813e4eb8e"
MASK = "[secret]"


@dataclass(frozen=True)
class Secret:
    """A value that must not be shown; its repr does not."""

    value: Any = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Registration:
    """One resource as the program declares it.

    Args:
        urn: unique name, as the real engine would make it.
        type: type token, such as `aws:ec2/vpc:Vpc`.
        name: logical name.
        parent: URN of the parent.
        custom: whether a provider makes it; a component only groups others.
        inputs: what the program asks for, secrets as `Secret`, names in camelCase.
        options: resource options that are set: protect, ignoreChanges, dependsOn (URNs), provider (its URN),
            providers, retainOnDelete, deleteBeforeReplace, additionalSecretOutputs, importId, aliases.
        transforms: functions that may change the children that a remote component makes.
    """

    urn: str
    type: str
    name: str
    parent: str
    custom: bool
    inputs: dict[str, Any]
    options: dict[str, Any]
    transforms: tuple[Callable[..., Any], ...] = ()

    @property
    def key(self) -> str:
        """`type::name`, short for the URN where that is unique enough."""
        return f"{self.type}::{self.name}"


@dataclass(frozen=True)
class Made:
    """What became of a registration: the id that a provider gave (components have none) and all outputs."""

    id: str
    outputs: dict[str, Any]


RegisterChild = Callable[[Registration, str, str, str, dict[str, Any], list[str]], tuple[str, Made]]
"""Registers a child of a component: that, then the child's parent (URN), type, name, inputs and what it depends on
(URNs); gives its URN and what became of it."""
Call = Callable[[str, dict[str, Any]], dict[str, Any]]
"""Asks a function of a provider."""


def make_urn(stack: str, project: str, parent: str, type_: str, name: str) -> str:
    """The engine's URN: the type carries the types of all parents but the stack."""
    parent_type = parent.split("::")[2] if parent else ""
    if parent_type and not parent_type.endswith("pulumi:pulumi:Stack"):
        type_ = f"{parent_type}${type_}"
    return f"urn:pulumi:{stack}::{project}::{type_}::{name}"


def type_and_name(urn: str) -> tuple[str, str]:
    """The opposite of `make_urn`: type token and logical name; the name may hold what separates the others."""
    _, _, types, name = urn.split("::", 3)
    return types.rsplit("$", 1)[-1], name


def provider_urn(reference: str) -> str:
    """The URN in a provider reference, which is `<urn>::<id>`."""
    return "::".join(reference.split("::")[:4])


def decode(struct: struct_pb2.Struct) -> dict[str, Any]:
    """A protocol message as plain values; whole numbers become int, secrets `Secret`."""
    return _decode(MessageToDict(struct))


def _decode(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get(SIGNATURE) == SECRET_SIGNATURE:
        return Secret(_decode(value["value"]))
    if value.get(SIGNATURE) == RESOURCE_SIGNATURE:
        return value.get("id") or value["urn"]
    return {key: _decode(item) for key, item in value.items()}


def encode(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """The opposite of `decode`; nulls are left out, as providers do."""
    return ParseDict(_encode(values), struct_pb2.Struct())


def _encode(value: Any) -> Any:
    if isinstance(value, Secret):
        return {SIGNATURE: SECRET_SIGNATURE, "value": _encode(value.value)}
    if isinstance(value, Mapping):
        return {key: _encode(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_encode(item) for item in value]
    return value


def holds_secret(value: Any) -> bool:
    """Whether a secret stands anywhere in `value`."""
    return masked(value) != value


def plain(value: Any) -> Any:
    """`value` with every secret laid open: for providers only."""
    return _replace_secrets(value, lambda secret: plain(secret.value))


def masked(value: Any) -> Any:
    """`value` with every secret replaced by `[secret]`: for everything that is shown or kept."""
    return _replace_secrets(value, lambda _: MASK)


def _replace_secrets(value: Any, replacement: Callable[[Secret], Any]) -> Any:
    if isinstance(value, Secret):
        return replacement(value)
    if isinstance(value, Mapping):
        return {key: _replace_secrets(item, replacement) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_replace_secrets(item, replacement) for item in value]
    return value
