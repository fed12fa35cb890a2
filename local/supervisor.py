"""The process in which the platform lives: `python -m local.supervisor <checkout> <directory> <stack> <port>`.

It outlives the command that started it, answers `up`, `status`, `run` and `down` on a loopback connection
(`local.control`), and holds a lock, so that a checkout has one platform at the most. What asked to stay attached ends
with its connection, whatever ended that: for an `up` the platform, for a `run` its one-off task.
"""

import asyncio
import contextlib
import hmac
import json
import os
import secrets
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from local.control import FILE, Address, lock
from local.one_off_task import OneOffTaskError
from local.platform import Platform, PlatformError
from local.update import Update

FIRST_COMMAND_WITHIN = 30  # seconds; without one nobody wants this process


class Supervisor:
    """Answers commands until one of them, a signal or an attached `up` ends it."""

    def __init__(self, root: Path, directory: Path, stack: str, port: int) -> None:
        self._directory = directory
        self._port = port
        self._platform = Platform(root, directory, stack, port, self._task_event)
        self._token = secrets.token_urlsafe(32)
        self._updating: asyncio.Task[dict[str, Any]] | None = None
        self._updating_since = 0.0
        self._at_work = ""
        self._attached: set[asyncio.StreamWriter] = set()
        self._stop = asyncio.Event()
        self._used = asyncio.Event()
        self._stop_listener: asyncio.StreamWriter | None = None

    async def run(self) -> None:
        """Serve until stopped, then take everything down."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, self._stop.set)
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        Address(server.sockets[0].getsockname()[1], self._token, os.getpid()).write(self._directory)
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FIRST_COMMAND_WITHIN):
                    await self._used.wait()
            if self._used.is_set():
                await self._stop.wait()
        finally:
            (self._directory / FILE).unlink(missing_ok=True)
            await self._take_down()

    async def _take_down(self) -> None:
        if self._updating:
            self._updating.cancel()
            await asyncio.wait([self._updating])
        writer = self._stop_listener
        await self._platform.down(lambda event: say(writer, event) if writer else None)
        if writer:
            with contextlib.suppress(ConnectionError):
                await writer.drain()

    def _task_event(self, text: str) -> None:
        for writer in self._attached:
            say(writer, {"event": text})
        sys.stdout.write(f"{text}\n")  # the platform's log
        sys.stdout.flush()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one command."""
        with contextlib.suppress(ConnectionError):
            request = authenticated(await reader.readline(), self._token)
            if request is None:
                writer.close()
                return
            self._used.set()
            say(writer, {"hello": os.getpid()})
            if request["command"] == "down":
                self._stop_listener = writer
                self._stop.set()
            elif request["command"] == "up":
                await self._up(request, reader, writer)
            elif request["command"] == "run":
                await self._run_once(request, reader, writer)
            elif request["command"] == "ask":
                await self._ask(request, reader, writer)
            elif request["command"] == "service":
                say(writer, {"done": self._platform.agent.described(request["service"])})
            else:
                say(writer, {"done": {**self._platform.status(), "at_work": self._at_work if self._updating else None}})
            await writer.drain()
            if not self._stop.is_set():  # else the end of this process closes it, which the other side waits for
                writer.close()

    async def _up(self, request: dict[str, Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_busy(writer):
            return
        if request["port"] not in {None, 0, self._port}:
            say(writer, {"error": f"the platform listens on port {self._port}; to move it, run `down` first"})
            return
        attached = self._watch(reader) if request["attach"] else None
        self._updating_since, self._at_work = time.monotonic(), "up"
        self._updating = asyncio.create_task(self._platform.up(Update.asked(request), lambda event: say(writer, event)))
        try:
            say(writer, {"done": await self._updating})
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of any failure
            if not isinstance(error, PlatformError):
                traceback.print_exc()
            say(writer, {"error": str(error) or repr(error), "result": getattr(error, "result", None)})
            if not self._platform.serves:  # what never came up leaves nothing behind
                self._stop_listener = writer
                self._stop.set()
            elif attached:  # what served goes on as it was, also when the command that failed ends
                attached.cancel()
            return
        except asyncio.CancelledError:
            say(writer, {"error": "stopped before everything was up"})
            return
        finally:
            self._updating = None
        if attached:
            self._attached.add(writer)
            await attached
            self._attached.discard(writer)

    async def _ask(self, request: dict[str, Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Have the engine do something else than an update; it is interrupted when whoever asked goes."""
        if self._is_busy(writer):
            return
        self._updating_since, self._at_work = time.monotonic(), request["operation"]
        operation, assignments, root = request["operation"], request["assignments"], Path(request["root"])
        asked = self._platform.ask(operation, assignments, root, lambda event: say(writer, event))
        self._updating = asyncio.create_task(asked)
        gone = asyncio.create_task(reader.read())
        gone.add_done_callback(lambda _, asked=self._updating: asked.cancel())
        try:
            say(writer, {"done": await self._updating})
        except PlatformError as error:
            say(writer, {"error": str(error), "result": error.result, "config": error.config})
        except asyncio.CancelledError:
            say(writer, {"error": "interrupted"})
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of any failure
            traceback.print_exc()
            say(writer, {"error": repr(error)})
        finally:
            gone.cancel()
            self._updating = None

    def _is_busy(self, writer: asyncio.StreamWriter) -> bool:
        """Whether something is at work, which the other side is then told."""
        if self._updating:
            seconds = round(time.monotonic() - self._updating_since)
            say(
                writer,
                {"busy": f"`{self._at_work}` is at work here since {seconds} s; wait for it, then run this again"},
            )
        return self._updating is not None

    async def _run_once(
        self, request: dict[str, Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Run a one-off task of a service; it ends with the connection that asked for it, or when its time is up."""
        name, command, most = request["service"], request["arguments"], request["most_seconds"]
        running = asyncio.create_task(self._platform.agent.run(name, command, lambda line: say(writer, {"line": line})))
        gone = asyncio.create_task(reader.read())
        try:
            await asyncio.wait([running, gone], timeout=most, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (running, gone):
                task.cancel()
            code, _ = await asyncio.gather(running, gone, return_exceptions=True)
        if isinstance(code, OneOffTaskError):
            say(writer, {"error": str(code)})
        elif isinstance(code, Exception):
            traceback.print_exception(code)
            say(writer, {"error": repr(code)})
        elif isinstance(code, BaseException):  # cancelled above; when the other side has gone nobody reads it
            words = f"the task had not ended within {most / 60:g} minutes and was stopped"
            say(writer, {"timeout": f"{words}; `priceguard local logs api/once` shows what it wrote"})
        else:
            say(writer, {"done": {"exit_code": code}})

    def _watch(self, reader: asyncio.StreamReader) -> asyncio.Task[None]:
        """Stop everything when the other side of an attached connection goes."""

        async def until_gone() -> None:
            with contextlib.suppress(ConnectionError):
                await reader.read()
            self._stop.set()

        return asyncio.create_task(until_gone())


def authenticated(line: bytes, token: str) -> dict[str, Any] | None:
    """The request in `line`, or None when it is none or does not know the token."""
    try:
        request = json.loads(line)
        known = hmac.compare_digest(request["token"].encode(), token.encode())
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return request if known else None


def say(writer: asyncio.StreamWriter, event: dict[str, Any]) -> None:
    """Write one event; a client that has gone does not matter."""
    if not writer.is_closing():
        writer.write(json.dumps(event).encode() + b"\n")


def main() -> int:
    """Run one supervisor; exit code 0 after a stop, 75 when another one holds the lock."""
    root, directory, stack, port = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    if lock(directory) is None:
        return os.EX_TEMPFAIL

    async def run() -> None:
        await Supervisor(root, directory, stack, port).run()

    asyncio.run(run())
    return 0


if __name__ == "__main__":
    sys.exit(main())
