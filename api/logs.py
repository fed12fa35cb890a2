"""Log lines: one JSON object a line on stdout, with timestamp, level, event, environment, revision, request_id.

One line of our own for each request stands in place of the server's access log. What other libraries log comes
out in the same shape. Never log a body, a header or an address with its query string: they carry secrets.
"""

import logging
import re
import sys
import time
import uuid
from collections.abc import Iterable, MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import msgspec
import structlog
from hypercorn.typing import ASGIFramework, ASGIReceiveCallable, ASGISendCallable, ASGISendEvent, HTTPScope, Scope

from api.settings import Settings

_FIRST: Final = ("timestamp", "level", "event", "environment", "revision", "request_id")
_LONGEST_PATH: Final = 200
_CLIENT_LEFT: Final = 499  # nginx's number for a client that went away before the answer
_SERVER_ERROR: Final = 500

_REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9._-]{8,128}")
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html
_TRACE_ROOT: Final = re.compile(rb"(?:^|;)Root=([A-Za-z0-9-]{8,128})(?:;|$)")

# The net under "never log a secret": texts of exceptions are written by others.
_SECRETS: Final = (
    (re.compile(r"(\w+://[^:/\s]*):[^\s]*@"), r"\1:***@"),
    (re.compile(r"\$argon2\S+"), "***"),
    (re.compile(r"(?m)^(DETAIL:).*$"), r"\1 ***"),  # PostgreSQL shows whole rows there
    (re.compile(r"(?i)\b(bearer)\s+[\w.~+/-]+=*"), r"\1 ***"),
    (re.compile(r"\b[\w.+%-]+(@[\w-]+(?:\.[\w-]+)+)"), r"***\1"),
)

_logger: Final[structlog.typing.FilteringBoundLogger] = structlog.get_logger()


@dataclass(slots=True)
class _Request:
    """What the lines of one request share; one object, so that tasks of the request add to it."""

    request_id: str
    account_id: str | None = None


_request: ContextVar[_Request | None] = ContextVar("request", default=None)


def request_id() -> str | None:
    """The id of the request being answered; the caller gets it as `X-Request-Id`."""
    current = _request.get()
    return current.request_id if current else None


def note_account(account_id: uuid.UUID) -> None:
    """Name the caller in this request's line."""
    if current := _request.get():
        current.account_id = str(account_id)


def configure(settings: Settings, output: BinaryIO | None = None, *, once: bool = True) -> None:
    """Send every log line of this process, ours and others', to `output` (stdout) as JSON.

    Call it `once`, at start: the loggers that exist then keep what it says, which saves time for each line.
    """
    origin = {"environment": settings.environment, "revision": settings.revision}

    def add_origin(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event.update(origin)
        if current := request_id():
            event["request_id"] = current
        return event

    level = logging.getLevelNamesMapping()[settings.log_level]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            add_origin,
            structlog.processors.format_exc_info,
            _redact,
            _render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(output or sys.stdout.buffer),
        cache_logger_on_first_use=once,
    )
    logging.basicConfig(level=max(level, logging.INFO), handlers=[_Bridge()], force=True)
    for library in ("stripe", "httpx"):  # a line a request, with addresses in it
        logging.getLogger(library).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)


class RequestLog:
    """ASGI layer: gives each request its id and writes its line; the outermost, to see what really goes out."""

    def __init__(self, app: ASGIFramework) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Answer through the application behind."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        current = _Request(_choose_id(scope["headers"]))
        _request.set(current)
        status = _CLIENT_LEFT

        async def send_with_id(message: ASGISendEvent) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", current.request_id.encode())]
            await send(message)

        if not scope["path"].startswith("/"):  # an absolute or empty address: the framework fails on some of them
            scope["path"] = "/" + scope["path"]
        try:
            await self._app(scope, receive, send_with_id)
        finally:
            _write_line(scope, status, time.perf_counter() - started, current.account_id)


def _write_line(scope: HTTPScope, status: int, seconds: float, account_id: str | None) -> None:
    if scope["path"] == "/health":  # asked all the time; what makes it fail is logged where it happens
        write = _logger.debug
    else:
        write = _logger.warning if status >= _SERVER_ERROR else _logger.info
    caller = {"account_id": account_id} if account_id else {}
    path = scope["path"][:_LONGEST_PATH]
    write("request", method=scope["method"], path=path, status=status, ms=round(seconds * 1000, 1), **caller)


def _choose_id(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The caller's or the load balancer's id when it looks like one, else a new one."""
    traced = None
    for name, value in headers:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return value.decode()
        if name == b"x-amzn-trace-id":
            traced = _TRACE_ROOT.search(value)
    return traced[1].decode() if traced else uuid.uuid4().hex


def _redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key in ("event", "exception", "reason"):
        text = event.get(key)
        if isinstance(text, str):
            for pattern, replacement in _SECRETS:
                text = pattern.sub(replacement, text)
            event[key] = text
    return event


def _render(_: Any, __: str, event: MutableMapping[str, Any]) -> bytes:
    ordered = {key: event.pop(key) for key in _FIRST if key in event}
    return msgspec.json.encode({**ordered, **event}, enc_hook=str)


class _Bridge(logging.Handler):
    """Passes what libraries log through `logging` on to structlog."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            logger = structlog.get_logger()
            logger.log(record.levelno, record.getMessage(), logger=record.name, exc_info=record.exc_info)
        except Exception:  # noqa: BLE001 — logging's own rule: a log line never breaks what it reports on
            self.handleError(record)
