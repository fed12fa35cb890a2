"""Resources that a provider makes, over Pulumi's protocol."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any, TypeVar

from pulumi.provider.experimental import provider as protocol
from pulumi.provider.experimental.property_value import PropertyValue

from local.plugin.detailed_diff import paths
from local.plugin.values import holds_unknown, to_plain, to_values
from local.providers import ProviderError, Providers, Resource, takes_the_name
from render.registration import type_and_name

T = TypeVar("T")

OLD_INPUTS: ContextVar[Mapping[str, PropertyValue]] = ContextVar("old inputs")
"""Those of the comparison under way; Pulumi's class hands on the old outputs only."""


class StandIn(protocol.Provider):
    """Answers the engine for one package.

    In a preview nothing is made: what the program does not say is left out of the answer, which means that it is not
    known yet. The engine keeps secrets: it lays them open for a provider, and hides them again in what comes back.
    """

    def __init__(self, providers: Providers) -> None:
        super().__init__()
        self._providers = providers
        self._thread = ThreadPoolExecutor(1)  # the providers serve one at a time

    async def configure(self, request: protocol.ConfigureRequest) -> protocol.ConfigureResponse:  # noqa: ARG002
        """What a package is configured with is the program's concern; the stand-ins know their surroundings."""
        return protocol.ConfigureResponse(supports_preview=True)

    async def check_config(self, request: protocol.CheckRequest) -> protocol.CheckResponse:
        """Take any."""
        return protocol.CheckResponse(inputs=request.new_inputs)

    async def diff_config(self, request: protocol.DiffRequest) -> protocol.DiffResponse:  # noqa: ARG002
        """Whatever changes, resources need not be made anew for it."""
        return protocol.DiffResponse(changes=False)

    async def check(self, request: protocol.CheckRequest) -> protocol.CheckResponse:
        """Complete the inputs by a physical name, or say what is wrong with them."""
        news = to_plain(request.new_inputs)
        unknown = {name for name, value in news.items() if holds_unknown(value)}
        known = {name: value for name, value in news.items() if name not in unknown}
        olds = to_plain(request.old_inputs) or None
        try:
            checked = await self._run(lambda: self._providers.check(*type_and_name(request.urn), known, olds))
        except ProviderError as error:
            return protocol.CheckResponse(failures=[protocol.CheckFailure(error.property, error.reason)])
        told = {name: value for name, value in checked.items() if not {name, f"{name}Prefix"} & unknown}
        return protocol.CheckResponse(inputs=to_values({**news, **told}))

    async def diff(self, request: protocol.DiffRequest) -> protocol.DiffResponse:
        """Compare inputs. A replacement that cannot have the old one's name beside it waits until that is gone."""
        old, new = to_plain(OLD_INPUTS.get()), to_plain(request.new_inputs)
        found = await self._run(lambda: self._providers.diff(type_and_name(request.urn)[0], old, new))
        changed = found.changed - set(request.ignore_changes)
        replaces = found.replaces & changed
        detailed = {
            path: protocol.PropertyDiff(
                protocol.PropertyDiffKind[f"{kind}_REPLACE" if _top(path) in replaces else kind], input_diff=True
            )
            for path, kind in paths(old, new, changed).items()
        }
        return protocol.DiffResponse(
            changes=bool(changed),
            diffs=sorted(changed),
            replaces=sorted(replaces),
            detailed_diff=detailed,
            delete_before_replace=bool(replaces) and takes_the_name(old, new),
        )

    async def create(self, request: protocol.CreateRequest) -> protocol.CreateResponse:
        """Make a resource."""
        inputs = to_plain(request.properties)
        if request.preview:
            return protocol.CreateResponse(resource_id="", properties=request.properties)
        made = await self._run(lambda: self._providers.create(*type_and_name(request.urn), inputs))
        return protocol.CreateResponse(resource_id=made.id, properties=to_values(made.outputs))

    async def read(self, request: protocol.ReadRequest) -> protocol.ReadResponse:
        """Find out what has become of a resource."""
        old = _resource(request, request.inputs, request.properties)
        found = await self._run(lambda: self._providers.read(old))
        if found is None:
            return protocol.ReadResponse(resource_id="")
        return protocol.ReadResponse(
            resource_id=request.resource_id, properties=to_values(found.outputs), inputs=to_values(found.inputs)
        )

    async def update(self, request: protocol.UpdateRequest) -> protocol.UpdateResponse:
        """Change a resource in place."""
        old, inputs = _resource(request, OLD_INPUTS.get(), request.olds), to_plain(request.news)
        if request.preview:
            told = {name: value for name, value in old.outputs.items() if name not in old.inputs}
            return protocol.UpdateResponse(properties=to_values({**told, **inputs}))
        made = await self._run(lambda: self._providers.update(old, inputs))
        return protocol.UpdateResponse(properties=to_values(made.outputs))

    async def delete(self, request: protocol.DeleteRequest) -> None:
        """Remove a resource."""
        gone = _resource(request, request.properties, request.properties)
        await self._run(lambda: self._providers.delete(gone))

    async def invoke(self, request: protocol.InvokeRequest) -> protocol.InvokeResponse:
        """Answer a function."""
        found = await self._run(lambda: self._providers.invoke(request.tok, to_plain(request.args)))
        return protocol.InvokeResponse(return_value=to_values(found))

    async def cancel(self) -> None:
        """Let what is under way end: the engine starts nothing more."""

    async def _run(self, action: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, action)


# Pulumi's own class takes the types of the parents for a part of the type, so a URN is taken apart here.
def _resource(request: Any, inputs: Mapping[str, PropertyValue], outputs: Mapping[str, PropertyValue]) -> Resource:
    told = to_plain(outputs)
    return Resource(*type_and_name(request.urn), told.get("id", request.resource_id), to_plain(inputs), told)


def _top(path: str) -> str:
    return path.split(".", maxsplit=1)[0].split("[", maxsplit=1)[0]
