"""Components of awsx: what the engine asks awsx's provider to make of them.

`render` knows which children that provider registers; here they are registered with the engine, which has the
providers make them.
"""

from collections.abc import Mapping
from typing import Any

import grpc
from google.protobuf import struct_pb2
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS  # pyright: ignore[reportPrivateUsage]
from pulumi.runtime.proto import provider_pb2, resource_pb2, resource_pb2_grpc

from local.plugin.values import UNKNOWN, holds_unknown
from render.awsx import EXPANSIONS
from render.registration import Made, Registration, decode, encode, plain


def construct(request: Any) -> Any:
    """Register a component and its children; a `ConstructRequest` makes a `ConstructResponse`.

    With an input that a preview does not know yet there are no children yet, and nothing is known of the outputs.

    Raises:
        ValueError: there is no such component, or it is given something that is not known here.
    """
    if request.type not in EXPANSIONS:
        raise ValueError(f"{request.type}: render/awsx.py does not know what awsx makes of it")
    with grpc.insecure_channel(request.monitorEndpoint, options=_GRPC_CHANNEL_OPTIONS) as channel:
        return _Construction(request, resource_pb2_grpc.ResourceMonitorStub(channel)).run()


class _Construction:
    """One component, while its children are registered with the engine."""

    def __init__(self, request: Any, engine: Any) -> None:
        self._request = request
        self._engine = engine
        self._children: list[str] = []

    def run(self) -> Any:
        request = self._request
        urn = self._register(request.type, request.name, request.parent, {}, request.dependencies, custom=False).urn
        component = Registration(
            urn=urn,
            type=request.type,
            name=request.name,
            parent=request.parent,
            custom=False,
            inputs=decode(request.inputs),
            options={},
        )
        outputs: dict[str, Any] = {}
        if not holds_unknown(plain(component.inputs)):
            outputs = EXPANSIONS[request.type](component, self._child, self._call)
        self._engine.RegisterResourceOutputs(
            resource_pb2.RegisterResourceOutputsRequest(urn=urn, outputs=struct_pb2.Struct())
        )
        depends = provider_pb2.ConstructResponse.PropertyDependencies(urns=self._children)
        return provider_pb2.ConstructResponse(
            urn=urn, state=encode(_whole(outputs)), stateDependencies=dict.fromkeys(outputs, depends)
        )

    def _child(
        self, component: Registration, parent: str, type_: str, name: str, inputs: dict[str, Any], depends_on: list[str]
    ) -> tuple[str, Made]:
        del component
        answer = self._register(type_, name, parent, inputs, depends_on, custom=True)
        self._children.append(answer.urn)
        return answer.urn, Made(answer.id or UNKNOWN, _Told(decode(answer.object)))

    def _register(
        self, type_: str, name: str, parent: str, inputs: Mapping[str, Any], depends_on: list[str], *, custom: bool
    ) -> Any:
        request = self._request
        # What the program does not say, the engine takes from the parent.
        options = {name: getattr(request, name) for name in ("protect", "retainOnDelete") if request.HasField(name)}
        return self._engine.RegisterResource(
            resource_pb2.RegisterResourceRequest(
                type=type_,
                name=name,
                parent=parent,
                custom=custom,
                object=encode(inputs),
                dependencies=sorted(depends_on),
                provider=self._provider(type_) if custom else "",
                providers={} if custom else request.providers,
                acceptSecrets=True,
                supportsPartialValues=True,
                **options,
            )
        )

    def _provider(self, type_: str) -> str:
        return self._request.providers.get(type_.split(":", maxsplit=1)[0], "")

    def _call(self, token: str, args: dict[str, Any]) -> dict[str, Any]:
        request = resource_pb2.ResourceInvokeRequest(tok=token, args=encode(args), provider=self._provider(token))
        answer = self._engine.Invoke(request)
        if answer.failures:
            raise ValueError(f"{token}: {answer.failures[0].reason}")
        return decode(getattr(answer, "return"))


class _Told(dict[str, Any]):
    """Outputs of a child; what a preview does not tell is not known yet."""

    def __missing__(self, name: str) -> str:
        return UNKNOWN


def _whole(value: Any) -> Any:
    """Outputs in which a text with something unknown in it is unknown, not half known."""
    if isinstance(value, Mapping):
        return {name: _whole(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return UNKNOWN if isinstance(value, str) and UNKNOWN in value else value
