"""One request through the local load balancer: headers as AWS's does them, bodies streamed both ways."""

import re
import secrets
import time
from collections.abc import AsyncIterator, Iterable

import aiohttp
from aiohttp import hdrs, web
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from local.targets import RegisteredTarget

# RFC 9110, 7.6.1: these speak about one connection, not about the message. Expect is answered here.
_HOP_BY_HOP = frozenset(
    (
        "connection",
        "expect",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    )
)
_REPLACED = frozenset(("x-forwarded-for", "x-forwarded-proto", "x-forwarded-port", "x-amzn-trace-id"))
_VALID_NAME = re.compile(r"[-A-Za-z0-9]+")  # drop_invalid_header_fields drops all others
_SMALL = 65536  # bytes of a response that are sent together with its head
_BODIES = {
    400: "Bad Request",
    502: "Bad Gateway",
    503: "Service Temporarily Unavailable",
    504: "Gateway Time-out",
}


async def forward(
    request: web.BaseRequest, targets: Iterable[RegisteredTarget], *, protocol: str, port: int
) -> web.StreamResponse:
    """Answer a request by one of `targets`, which are in the order in which to try them.

    The next target is tried when no connection to one can be made, for then nothing was sent. A pooled
    connection that the target closed before its answer began is replaced once, for idempotent methods whose
    body was not begun (aiohttp's client does that). All other failures are answered 502, or 504 when the
    target says nothing for 60 s; when the answer has already begun, the client's connection is cut.

    Args:
        request: what the client sent.
        targets: those that may answer.
        protocol: "HTTP" or "HTTPS", as AWS's listener has it.
        port: of AWS's listener.
    """
    if not request.raw_path.startswith("/"):
        return answer(400)
    headers = _request_headers(request, protocol, port)
    if request.headers.get(hdrs.EXPECT, "").lower() == "100-continue" and request.transport is not None:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    status = 503
    for target in targets:
        if target.state == "draining":  # since the list was made
            continue
        target.in_flight += 1
        try:
            return await _exchange(request, target, headers)
        except aiohttp.ServerTimeoutError:
            return answer(504)
        except aiohttp.ClientConnectorError:
            status = 502
        except (aiohttp.ClientError, OSError, RuntimeError):  # RuntimeError: cut off at the end of draining
            return answer(502)
        finally:
            target.finished_one()
    return answer(status)


def answer(status: int) -> web.Response:
    """Return an answer of the load balancer itself, shaped like AWS's."""
    title = f"{status} {_BODIES[status]}"
    html = f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
    return web.Response(
        status=status,
        reason=_BODIES[status],
        body=f"{html}</body>\r\n</html>\r\n".encode(),
        headers={"Server": "awselb/2.0", "Content-Type": "text/html"},
    )


async def _exchange(
    request: web.BaseRequest, target: RegisteredTarget, headers: CIMultiDict[str]
) -> web.StreamResponse:
    async with target.session.request(
        request.method,
        URL(target.base_url + request.raw_path, encoded=True),
        headers=headers,
        data=_body(request) if request.body_exists else None,
        allow_redirects=False,
    ) as upstream:
        response_headers = CIMultiDict(_end_to_end(upstream.headers))
        response_headers.setdefault("Server", "awselb/2.0")
        length = upstream.content_length
        if length is not None and length <= _SMALL and request.method != hdrs.METH_HEAD:
            return web.Response(
                status=upstream.status,
                reason=upstream.reason,
                headers=response_headers,
                body=await upstream.read(),
            )
        response = web.StreamResponse(status=upstream.status, reason=upstream.reason, headers=response_headers)
        await _stream(request, upstream, response)
        return response


async def _stream(request: web.BaseRequest, upstream: aiohttp.ClientResponse, response: web.StreamResponse) -> None:
    if request.version < aiohttp.HttpVersion11 and response.content_length is None:
        response.force_close()  # such a client knows the end of the body by the end of the connection only
    try:
        await response.prepare(request)
        while chunk := await upstream.content.readany():
            await response.write(chunk)
    except (aiohttp.ClientError, OSError):
        # The head is out: only a cut connection can tell the client that this is not the whole body.
        if request.transport is not None:
            request.transport.close()


async def _body(request: web.BaseRequest) -> AsyncIterator[bytes]:
    while chunk := await request.content.readany():
        yield chunk


def _request_headers(request: web.BaseRequest, protocol: str, port: int) -> CIMultiDict[str]:
    kept = _end_to_end(request.headers, _REPLACED)
    headers = CIMultiDict((name, value) for name, value in kept if _VALID_NAME.fullmatch(name))
    client = request.remote or "127.0.0.1"
    before = request.headers.get("X-Forwarded-For")
    headers["X-Forwarded-For"] = f"{before}, {client}" if before else client
    headers["X-Forwarded-Proto"] = protocol.lower()
    headers["X-Forwarded-Port"] = str(port)
    headers["X-Amzn-Trace-Id"] = _trace(request.headers.get("X-Amzn-Trace-Id"))
    return headers


def _end_to_end(headers: CIMultiDictProxy[str], also: frozenset[str] = frozenset()) -> Iterable[tuple[str, str]]:
    """All headers that speak about the message, but for those in `also`."""
    connection = headers.get(hdrs.CONNECTION)
    named = {name.strip().lower() for name in connection.split(",")} if connection else also
    for name, value in headers.items():
        lower = name.lower()
        if lower not in _HOP_BY_HOP and lower not in also and lower not in named:
            yield name, value


def _trace(given: str | None) -> str:
    """X-Amzn-Trace-Id as the load balancer passes it on: a root is made once and kept, a self added."""
    field = f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"
    if not given:
        return f"Root={field}"
    return f"Self={field};{given}" if "Root=" in given else f"Root={field};{given}"
