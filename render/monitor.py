"""Runs the Pulumi program against a `Maker` instead of an engine.

Pulumi's own mock monitor does the talking; this subclass hands each registration, in full and one after another, to
a `Maker`: render's names the unknown outputs, the local platform's really makes the resource. Components that live
in a provider (awsx) are expanded into the children which that provider would register.
"""

import asyncio
import runpy
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import pulumi
from google.protobuf import empty_pb2
from pulumi.runtime import mocks, settings
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.stack import Stack

from render import awsx
from render.configuration import ROOT
from render.registration import Made, Registration, Secret, decode, encode, holds_secret, make_urn, provider_urn

PROJECT = "priceguard"
STACK_TYPE = "pulumi:pulumi:Stack"


class Maker(Protocol):
    """What becomes of registrations and of function calls."""

    def make(self, registration: Registration) -> Made:
        """Make (or only describe) one custom resource."""
        ...

    def call(self, token: str, args: dict[str, Any]) -> dict[str, Any]:
        """Answer one provider function, such as `aws:index/getAvailabilityZones:getAvailabilityZones`."""
        ...


class _NoMocks(mocks.Mocks):
    """The base class wants one; every call is answered by the monitor itself."""

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], None]:
        raise AssertionError(args.token)

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        raise AssertionError(args.typ)


class Monitor(mocks.MockMonitor):
    """Takes what the program registers; one registration at a time, whatever threads the SDK uses.

    Attributes:
        registrations: everything registered, children of expanded components included, in order.
        made: URN -> what became of it.
        outputs: the stack outputs, once the program has ended.
    """

    def __init__(self, maker: Maker, stack: str) -> None:
        super().__init__(_NoMocks())
        self._maker = maker
        self._stack = stack
        self._lock = threading.RLock()
        self.registrations: list[Registration] = []
        self.made: dict[str, Made] = {}
        self.outputs: dict[str, Any] = {}

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        """Answer one registration of the program."""
        if request.type == STACK_TYPE:
            return resource_pb2.RegisterResourceResponse(
                urn=make_urn(self._stack, PROJECT, "", STACK_TYPE, request.name)
            )
        with self._lock:
            registration = self._registration(request)
            made = self.register(registration)
        return resource_pb2.RegisterResourceResponse(urn=registration.urn, id=made.id, object=encode(made.outputs))

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        """Keep the stack's outputs; those of components are for display only."""
        if request.urn.split("::")[2] == STACK_TYPE:
            self.outputs = decode(request.outputs)
        return empty_pb2.Empty()

    def Invoke(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        """Answer one function call of the program."""
        with self._lock:
            answer = self._maker.call(request.tok, decode(request.args))
        response = resource_pb2.ResourceInvokeResponse()
        getattr(response, "return").CopyFrom(encode(answer))
        return response

    def register(self, registration: Registration) -> Made:
        """Make one resource, or expand one component into its children, and remember it."""
        if registration.urn in self.made:
            raise ValueError(f"{registration.urn} is registered twice: two resources need two logical names")
        self.registrations.append(registration)
        if registration.custom:
            made = self._maker.make(registration)
        elif expand := awsx.EXPANSIONS.get(registration.type):
            made = Made("", expand(registration, self._register_child, self._maker.call))
        elif registration.type.startswith("awsx:"):
            raise ValueError(f"{registration.type}: render/awsx.py does not know what awsx makes of it")
        else:
            made = Made("", {})
        self.made[registration.urn] = self._with_secret_outputs(registration, made)
        return self.made[registration.urn]

    def _register_child(
        self, component: Registration, parent: str, type_: str, name: str, inputs: dict[str, Any], depends_on: list[str]
    ) -> tuple[str, Made]:
        """Register a child that a component's provider makes, after the component's transforms."""
        inherited = {k: component.options[k] for k in ("protect", "retainOnDelete") if k in component.options}
        if provider := component.options.get("providers", {}).get(type_.split(":", 1)[0]):
            inherited["provider"] = provider
        child = Registration(
            urn=make_urn(self._stack, PROJECT, parent, type_, name),
            type=type_,
            name=name,
            parent=parent,
            custom=True,
            inputs=inputs,
            options={**inherited, "dependsOn": sorted(depends_on)},
        )
        for transform in component.transforms:
            args = pulumi.ResourceTransformArgs(True, type_, name, dict(child.inputs), pulumi.ResourceOptions())  # noqa: FBT003
            if result := transform(args):
                child = replace(child, inputs=dict(result.props))
        return child.urn, self.register(child)

    def _registration(self, request: Any) -> Registration:
        found = {
            "protect": request.protect,
            "ignoreChanges": sorted(request.ignoreChanges),
            "dependsOn": sorted(request.dependencies),
            "provider": provider_urn(request.provider),
            "providers": {package: provider_urn(ref) for package, ref in request.providers.items()},
            "retainOnDelete": request.retainOnDelete,
            "deleteBeforeReplace": request.deleteBeforeReplace,
            "replaceOnChanges": sorted(request.replaceOnChanges),
            "additionalSecretOutputs": sorted(request.additionalSecretOutputs),
            "importId": request.importId,
            "aliases": [str(alias) for alias in request.aliases],
        }
        return Registration(
            urn=make_urn(self._stack, PROJECT, request.parent, request.type, request.name),
            type=request.type,
            name=request.name,
            parent=request.parent,
            custom=request.custom,
            inputs=decode(request.object),
            options={name: value for name, value in found.items() if value},
            transforms=tuple(mocks._resolve_callbacks(request.transforms)),  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        )

    @staticmethod
    def _with_secret_outputs(registration: Registration, made: Made) -> Made:
        """Outputs that are secret: those the SDK names, and those that echo a secret input."""
        names = set(registration.options.get("additionalSecretOutputs", ()))
        names |= {name for name, value in registration.inputs.items() if holds_secret(value)}
        hidden = {
            name: Secret(value) if name in names and not isinstance(value, Secret) else value
            for name, value in made.outputs.items()
        }
        return Made(made.id, hidden)


def run_program(stack: str, config: Mapping[str, str], maker: Maker, program: Path = ROOT / "infra") -> Monitor:
    """Run the program in the folder `program` for `stack`, as the language host would.

    Args:
        stack: name of the stack.
        config: full configuration key -> value as text (JSON for lists and objects).
        maker: makes the resources.
        program: folder with the `__main__.py`.

    Returns:
        The monitor, with everything that was registered and the stack outputs.

    Raises:
        Whatever the program raises, such as `pulumi.RunError` for refused settings.
    """
    monitor = Monitor(maker, stack)
    loop = asyncio.new_event_loop()  # the SDK takes the thread's; one of its own leaves nothing to the next run
    asyncio.set_event_loop(loop)
    try:
        settings.reset_options(project=PROJECT, stack=stack)  # forgets the root resource of an earlier run
        pulumi.runtime.set_all_config(dict(config), [])
        mocks.set_mocks(_NoMocks(), project=PROJECT, stack=stack, preview=False, monitor=monitor)
        mocks.test(lambda: _run_entry(program))()
    finally:
        _abandon(loop)
    return monitor


def _abandon(loop: asyncio.AbstractEventLoop) -> None:
    """Close `loop` with what a failed program left under way; its one error has been raised, the rest is echo."""
    pending = asyncio.all_tasks(loop)
    for task in pending:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
    loop.set_exception_handler(lambda _, __: None)
    asyncio.set_event_loop(None)
    loop.close()


def _run_entry(program: Path) -> None:
    """Run `__main__.py` as the language host does, then register what it exported."""
    runpy.run_path(str(program), run_name="__main__")
    root = settings.get_root_resource()
    assert isinstance(root, Stack)
    root.register_outputs(root.outputs)
