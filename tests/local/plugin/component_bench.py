"""The engine as a plugin of components sees it: it keeps what is registered.

It answers with ids and outputs, or with neither, as a preview does.
"""

from dataclasses import dataclass, field
from typing import Any

from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, resource_pb2, resource_pb2_grpc

from render.registration import decode, encode, make_urn
from tests.local.plugin.conftest import WITHIN, Plugin
from tests.render.test_awsx import short_key
from tests.render.test_awsx_ecr import URL

CREDENTIALS = {name: f"<getAuthorizationToken.{name}>" for name in ("proxyEndpoint", "userName", "password")}
INVOKED = {
    "aws:index/getAvailabilityZones:getAvailabilityZones": {"names": ["us-east-1a", "us-east-1b", "us-east-1c"]},
    "aws:ecr/getAuthorizationToken:getAuthorizationToken": CREDENTIALS,
}
TOLD: dict[str, dict[str, Any]] = {
    "aws:ecr/repository:Repository": {"name": "app", "repositoryUrl": URL},
    "docker-build:index:Image": {"digest": "sha256:1"},
}
"""Outputs beside the inputs."""


class Engine(resource_pb2_grpc.ResourceMonitorServicer):
    """What a plugin registers resources with."""

    def __init__(self) -> None:
        self.previews = False
        self.registered: dict[str, Any] = {}
        self.finished: list[str] = []
        self.invoked: list[Any] = []

    def RegisterResource(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802 - the protocol's names
        """Keep a resource, and answer for its provider."""
        urn = make_urn("dev", "priceguard", request.parent, request.type, request.name)
        assert urn not in self.registered
        self.registered[urn] = request
        if self.previews or not request.custom:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        outputs = {**decode(request.object), **TOLD.get(request.type, {})}
        return resource_pb2.RegisterResourceResponse(urn=urn, id=f"<id of {short_key(urn)}>", object=encode(outputs))

    def RegisterResourceOutputs(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """A component is done."""
        self.finished.append(request.urn)
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """Answer a function."""
        self.invoked.append(request)
        answer = resource_pb2.ResourceInvokeResponse() if request.tok in INVOKED else refusal()
        getattr(answer, "return").CopyFrom(encode(INVOKED.get(request.tok, {})))
        return answer

    @property
    def children(self) -> dict[str, Any]:
        """`type::name` -> what was registered, without the components."""
        return {short_key(urn): request for urn, request in self.registered.items() if request.custom}


def refusal() -> Any:
    """What a provider answers that does not know a function."""
    failure = provider_pb2.CheckFailure(property="", reason="no such function")
    return resource_pb2.ResourceInvokeResponse(failures=[failure])


@dataclass
class Bench:
    """The plugin and an engine for it.

    Attributes:
        plugin: of awsx.
        address: where the engine listens.
        engine: anew for each test.
    """

    plugin: Plugin
    address: str
    engine: Engine = field(default_factory=Engine)

    def construct(self, type_: str, name: str, inputs: dict[str, Any], **options: Any) -> Any:
        """Have a component made."""
        request = provider_pb2.ConstructRequest(
            project="priceguard",
            stack="dev",
            monitorEndpoint=self.address,
            type=type_,
            name=name,
            inputs=encode(inputs),
            **options,
        )
        return self.plugin.stub.Construct(request, timeout=WITHIN)
