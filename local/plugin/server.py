"""Serves one package: the engine starts it, reads a port from its output, and asks."""

import asyncio
import contextlib
import os
import sys
import threading
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import grpc
import msgspec
from google.protobuf.empty_pb2 import Empty
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.server import ProviderServicer
from pulumi.runtime.proto import provider_pb2
from pulumi.runtime.proto.provider_pb2_grpc import add_ResourceProviderServicer_to_server

from local.plugin import awsx
from local.plugin.custom import OLD_INPUTS, StandIn
from local.providers import ProviderError, Providers, Surroundings

COMPONENTS = "awsx"
LARGEST_MESSAGE = 64 * 1024 * 1024
LOOKS_EVERY = 1.0  # seconds: whether the engine is still there


class Servicer(ProviderServicer):
    """Pulumi's own, with what it lacks: the old inputs."""

    async def Attach(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802 - the protocol's names
        """Serve an engine that found us running, which a debugger needs."""
        return Empty()

    async def Diff(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Compare."""
        _remember(request)
        return await super().Diff(request, context)

    async def Update(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Change."""
        _remember(request)
        return await super().Update(request, context)


class ComponentServicer(Servicer):
    """For a package of components: they are expanded, with the secrets in what they are given."""

    async def Handshake(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """Take secrets as such, as the engine demands of whoever makes components."""
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, accept_resources=False)

    async def Configure(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """The same again: both answers count."""
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    async def Construct(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """Register a component and its children."""
        return await asyncio.to_thread(awsx.construct, request)


class PlainRefusals(grpc.aio.ServerInterceptor):
    """Has a refusal told as it is: Pulumi's class and gRPC's each add their own to it, one of them a traceback."""

    async def intercept_service(self, continuation: Any, handler_call_details: Any) -> Any:
        """Wrap what answers."""
        handler = await continuation(handler_call_details)

        async def answer(request: Any, context: Any) -> Any:
            try:
                return await handler.unary_unary(request, context)
            except ValueError as error:
                await context.abort(grpc.StatusCode.UNKNOWN, str(error))
            except Exception as error:
                if not isinstance(error.__context__, ProviderError):
                    raise
                await context.abort(grpc.StatusCode.UNKNOWN, str(error.__context__))

        return handler and grpc.unary_unary_rpc_method_handler(
            answer, handler.request_deserializer, handler.response_serializer
        )


def _remember(request: Any) -> None:
    OLD_INPUTS.set(PropertyValue.unmarshal_map(request.old_inputs))


async def serve(servicer: ProviderServicer) -> None:
    """Answer on a free port of the loopback device."""
    size = [("grpc.max_receive_message_length", LARGEST_MESSAGE), ("grpc.max_send_message_length", LARGEST_MESSAGE)]
    server = grpc.aio.server(options=size, interceptors=[PlainRefusals()])
    add_ResourceProviderServicer_to_server(servicer, cast("Any", server))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await server.wait_for_termination()


def end_with(engine: int) -> None:
    """End this process when `engine` is no longer its parent: an engine that was killed tells nobody."""
    while os.getppid() == engine:
        time.sleep(LOOKS_EVERY)
    os._exit(0)


def main(package: str, file: str, *engine: str) -> None:
    """Serve a package on the surroundings that stand in `file`, JSON of `Surroundings`.

    Args:
        package: as Pulumi calls it, such as `aws`.
        file: path of the surroundings.
        engine: what the engine adds: its address, if it has one.
    """
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    surroundings = msgspec.json.decode(Path(file).read_bytes(), type=Surroundings)
    servicer = ComponentServicer if package == COMPONENTS else Servicer
    provider = StandIn(Providers(surroundings))
    with contextlib.suppress(KeyboardInterrupt):  # how the engine ends its plugins
        asyncio.run(serve(servicer(list(engine), version(f"pulumi-{package}"), provider, "".join(engine[:1]))))
