"""The local load balancer: a reverse proxy that behaves as AWS's application load balancer does.

It listens on loopback only. TLS ends at the load balancer, and the private key of its certificate never
leaves AWS, so the local HTTPS listener speaks plain HTTP; the targets see what they see in AWS
(`X-Forwarded-Proto: https`, `X-Forwarded-Port: 443`). WebSockets are not passed on.
"""

import asyncio
import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from aiohttp import web

from local.listeners import Listener, Redirect, redirect
from local.ports import listen
from local.proxy import answer, forward
from local.targets import RegisteredTarget, Target, TargetGroup, TargetHealth


@dataclass(slots=True)
class _Group:
    settings: TargetGroup
    targets: dict[Target, RegisteredTarget] = field(default_factory=dict[Target, RegisteredTarget])
    rotation: "itertools.count[int]" = field(default_factory=itertools.count)

    def candidates(self) -> list[RegisteredTarget]:
        """Those to try, the next in turn first: the healthy ones; when there are none, the unhealthy ones.

        AWS's load balancer "fails open" like that: better an answer from a sick target than none.
        """
        able = [target for target in self.targets.values() if target.state == "healthy"]
        if not able:
            able = [target for target in self.targets.values() if target.state == "unhealthy"]
        if len(able) > 1:
            first = next(self.rotation) % len(able)
            able = able[first:] + able[:first]
        return able


@dataclass(slots=True)
class _OpenListener:
    settings: Listener
    port: int  # the local one
    runner: web.ServerRunner


class LoadBalancer:
    """One application load balancer.

    Args:
        ports: local port by AWS port, e.g. `{443: 8080}`; listeners not named there take a free one.
        time_scale: what health check intervals are divided by (see `local.targets`).
    """

    def __init__(self, ports: Mapping[int, int] | None = None, *, time_scale: float = 30) -> None:
        self._ports = dict(ports or {})
        self._time_scale = time_scale
        self._groups: dict[str, _Group] = {}
        self._listeners: dict[int, _OpenListener] = {}

    @property
    def urls(self) -> dict[int, str]:
        """Where each listener is reached: AWS port -> "http://localhost:8080"."""
        return {port: f"http://localhost:{open_.port}" for port, open_ in sorted(self._listeners.items())}

    async def configure(self, listeners: Iterable[Listener], target_groups: Iterable[TargetGroup]) -> None:
        """Start, change and stop listeners and groups until they are these; a kept listener keeps its port.

        Raises:
            PortTakenError: a local port of `ports` is not free; the listeners before it are running.
        """
        wanted = {listener.port: listener for listener in listeners}
        for port in self._listeners.keys() - wanted.keys():
            await self._listeners.pop(port).runner.cleanup()
        groups = {group.name: group for group in target_groups}
        for name in self._groups.keys() - groups.keys():
            await asyncio.gather(*(t.close() for t in self._groups.pop(name).targets.values()))
        for name, settings in groups.items():
            group = self._groups.setdefault(name, _Group(settings))
            group.settings = settings
            for target in group.targets.values():
                target.group = settings
        for port, listener in wanted.items():
            if port in self._listeners:
                self._listeners[port].settings = listener
            else:
                self._listeners[port] = await self._open(listener)

    async def close(self) -> None:
        """Stop listening, let requests in flight end (at most 5 s), forget all targets."""
        await self.configure([], [])

    def register(self, group: str, target: Target, on_change: Callable[[TargetHealth], None] | None = None) -> None:
        """Add a target to a group; it gets requests once it is healthy.

        `on_change` is called in the event loop whenever its state changes.

        Raises:
            KeyError: there is no such group.
            ValueError: the target is registered already.
        """
        into = self._groups[group]
        if target in into.targets:
            msg = f"{target.host}:{target.port} is already registered in {group}"
            raise ValueError(msg)
        into.targets[target] = RegisteredTarget(into.settings, target, self._time_scale, on_change or (lambda _: None))

    async def deregister(self, group: str, target: Target) -> None:
        """Send a target no new requests, at once; return when its requests in flight have ended.

        They have `deregistration_delay` seconds, then their connections are closed. An unknown target is fine.
        """
        if group not in self._groups or target not in self._groups[group].targets:
            return
        registered = self._groups[group].targets[target]
        try:
            await registered.drain()
        finally:
            if group in self._groups:
                self._groups[group].targets.pop(target, None)

    async def wait_healthy(self, group: str, target: Target, timeout: float) -> None:  # noqa: ASYNC109
        """Return when a target is healthy.

        Raises:
            KeyError: it is not registered.
            TimeoutError: it is not healthy within `timeout` seconds; says the last reason.
        """
        registered = self._groups[group].targets[target]
        try:
            async with asyncio.timeout(timeout):
                await registered.wait_healthy()
        except TimeoutError:
            raise TimeoutError(registered.health.reason) from None

    def targets(self, group: str) -> list[TargetHealth]:
        """Return the state of all targets of a group; KeyError when there is no such group."""
        return [target.health for target in self._groups[group].targets.values()]

    async def _open(self, listener: Listener) -> _OpenListener:
        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            return await self._handle(self._listeners[listener.port].settings, request)

        server = web.Server(
            handle,
            handler_cancellation=True,  # a client that left ends its request at the target, as in AWS
            access_log=None,
            auto_decompress=False,
            max_line_size=16384,  # AWS's limits
            max_field_size=16384,
        )
        runner = web.ServerRunner(server, shutdown_timeout=5)
        sockets = listen(self._ports.get(listener.port, 0))
        await runner.setup()
        for listening in sockets:
            await web.SockSite(runner, listening, backlog=1024).start()
        return _OpenListener(listener, sockets[0].getsockname()[1], runner)

    async def _handle(self, listener: Listener, request: web.BaseRequest) -> web.StreamResponse:
        if isinstance(listener.action, Redirect):
            ports = {port: open_.port for port, open_ in self._listeners.items()}
            return redirect(request, listener, listener.action, ports)
        group = self._groups.get(listener.action.target_group)
        if group is None:
            return answer(503)
        return await forward(request, group.candidates(), protocol=listener.protocol, port=listener.port)
