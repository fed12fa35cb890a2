"""Resources that the program implements itself, as `pulumi.dynamic` has it.

Pulumi runs such a class in a process of its own, which has the environment of the `pulumi` command. Here it runs in
the runner, which gives it the stand-in's address and token for as long as a call takes: what a developer's shell says
of Netlify never reaches it.
"""

import base64
import os
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar

import dill
from pulumi.dynamic import ResourceProvider

from local.providers.errors import Refusal
from local.providers.resource import Diff, Kind, Made, Resource, World, compare

IMPLEMENTATION = "__provider"
"""The input that says which class it is, as Pulumi's SDK has written it down."""

T = TypeVar("T")


class Dynamic:
    """A type whose class is called as Pulumi's own dynamic provider calls it."""

    sensitive: frozenset[str] = frozenset()

    def check(self, world: World, name: str, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - Kind's
        """What the class makes of the inputs, if it finds nothing wrong."""
        result = _class(inputs).check(dict(old), dict(inputs))
        for failure in result.failures:
            raise Refusal(failure.reason, failure.property)
        return {**result.inputs, IMPLEMENTATION: inputs[IMPLEMENTATION]}

    def diff(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> Diff:
        """What differs, unless the class says that it makes no difference."""
        changed = compare(old, new)
        if IMPLEMENTATION not in new:
            return Diff(changed, frozenset())
        result = _class(new).diff("", dict(old), dict(new))
        return (
            Diff(frozenset(), frozenset())
            if result.changes is False
            else Diff(changed, frozenset(result.replaces or ()))
        )

    def create(self, world: World, name: str, inputs: Mapping[str, Any]) -> Made:  # noqa: ARG002 - Kind's
        """As the class does it."""
        made = _call(world, lambda: _class(inputs).create(dict(inputs)))
        return _made(made.id, inputs, made.outs)

    def read(self, world: World, resource: Resource) -> Resource | None:
        """As the class does it: without an id it is gone. What it tells of an input is that input."""
        inputs = resource.inputs
        found = _call(world, lambda: _class(inputs).read(resource.id, resource.outputs))
        if not found.id:
            return None
        made = _made(found.id, inputs, found.outs)
        told = {k: made.outputs.get(k, v) for k, v in inputs.items()}
        return replace(resource, id=made.id, inputs=told, outputs=made.outputs)

    def update(self, world: World, old: Resource, inputs: Mapping[str, Any]) -> Made:
        """As the class does it."""
        if replaces := self.diff(old.inputs, inputs).replaces:
            raise Refusal("cannot change in place", min(replaces))
        updated = _call(world, lambda: _class(inputs).update(old.id, old.outputs, dict(inputs)))
        return _made(old.id, inputs, old.outputs if updated.outs is None else updated.outs)

    def delete(self, world: World, resource: Resource) -> None:
        """As the class does it."""
        _call(world, lambda: _class(resource.inputs).delete(resource.id, resource.outputs))


def _class(inputs: Mapping[str, Any]) -> ResourceProvider:
    if IMPLEMENTATION not in inputs:
        raise Refusal("is missing: the program makes such a resource by its class only", IMPLEMENTATION)
    return dill.loads(base64.b64decode(inputs[IMPLEMENTATION]))  # noqa: S301 - written by our own program, a moment ago


def _call(world: World, action: Callable[[], T]) -> T:
    with _environment(world):
        try:
            return action()
        except Exception as error:  # noqa: BLE001 - the class may fail in any way, as it may under Pulumi
            raise Refusal(f"{type(error).__name__}: {error}") from None


@contextmanager
def _environment(world: World) -> Generator[None]:
    """The variables of the process that Pulumi would start."""
    around = world.surroundings
    if around.netlify_url is None:
        raise Refusal("this platform has no Netlify (Surroundings.netlify_url)")
    given = {"NETLIFY_API_URL": around.netlify_url, "NETLIFY_AUTH_TOKEN": around.netlify_token}
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _made(resource_id: str, inputs: Mapping[str, Any], outs: Mapping[str, Any] | None) -> Made:
    return Made(resource_id, {**(outs or {}), IMPLEMENTATION: inputs[IMPLEMENTATION], "id": resource_id})


ROWS: dict[str, Kind] = {"pulumi-python:dynamic/netlify:DnsRecord": Dynamic()}
