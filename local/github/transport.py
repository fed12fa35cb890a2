"""The stand-in without a network: what `httpx` sends goes straight to it."""

import json
import time
from typing import Any

import httpx

from local.github.answers import Answer
from local.github.store import Store
from local.stripe.faults import Fault

NONSENSE = "<html><body>Sign in to this network</body></html>"
BROKEN = "<html><head><title>Unicorn! &middot; GitHub</title></head></html>"


def transport(store: Store) -> httpx.MockTransport:
    """What carries requests of this process to a stand-in; with its faults, as if there were a network."""
    return httpx.MockTransport(lambda request: _respond(store, request))


def failed(store: Store, method: str, path: str, fault: Fault) -> Answer | None:
    """What a fault answers instead of anything being done; None when it answers nothing of its own."""
    if not (fault.status or fault.nonsense):
        return None
    store.asked.append(f"{method} {path.removeprefix(f'/repos/{store.name}')}")
    if fault.nonsense:
        return Answer(body=NONSENSE)
    headers = {"retry-after": "1"} if fault.status == 429 else {}
    return Answer(status=fault.status or 0, body=BROKEN, headers=headers)


def encoded(answer: Answer) -> tuple[bytes, dict[str, str]]:
    """Body and headers as they travel."""
    if answer.body is None:
        return b"", dict(answer.headers)
    if isinstance(answer.body, str):
        return answer.body.encode(), {"content-type": "text/html; charset=utf-8", **answer.headers}
    return json.dumps(answer.body).encode(), {"content-type": "application/json; charset=utf-8", **answer.headers}


def _respond(store: Store, request: httpx.Request) -> httpx.Response:
    method, path = request.method, request.url.raw_path.decode().split("?", 1)[0]
    fault = store.faults.take(method, path)
    if fault:
        time.sleep(fault.latency)
        if said := failed(store, method, path, fault):
            return _response(said)
        if fault.cut == "before":
            raise httpx.ReadError("cut", request=request)
    origin = f"{request.url.scheme}://{request.url.netloc.decode()}"
    body: Any = json.loads(request.content) if request.content else None
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    answer = store.handle(method, path, dict(request.url.params), body, token, origin=origin)
    if fault and fault.cut == "after":
        raise httpx.ReadError("cut", request=request)
    return _response(answer)


def _response(answer: Answer) -> httpx.Response:
    content, headers = encoded(answer)
    return httpx.Response(answer.status, headers=headers, content=content)
