"""What the shop's control strip asks of the platform, below `/local/` of the shop's own origin.

Other pages cannot: a browser says of each request whether it comes from a page of the same origin, and a name that
somebody lets lead to this machine is not this origin's.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiohttp import web

from local.one_off_task import OneOffTaskError

Line = dict[str, Any]
Operate = Callable[[Sequence[str]], Awaitable[tuple[int, list[str]]]]
"""Carries out `python -m api.operations` with these arguments: its exit code, and the lines that it wrote."""

_CHANGES = "20"
_CUSTOMER = re.compile(r"cus_\w+", re.ASCII)


class ShopActions:
    """The handlers; each answers JSON, or 502 with `error` where the task failed.

    Args:
        operate: runs an operation of the API.
    """

    def __init__(self, operate: Operate) -> None:
        self._operate = operate
        self._one_at_a_time = asyncio.Lock()  # each is a process

    def routes(self) -> list[web.RouteDef]:
        """All of them."""
        return [web.get("/local/changes", self.changes), web.post("/local/reconcile", self.reconcile)]

    async def changes(self, request: web.Request) -> web.Response:
        """What changed the billing of `customer`, the newest first: `at`, `cause`, `events`, `before`, `after`."""
        customer = request.query.get("customer", "")
        if not _CUSTOMER.fullmatch(customer):
            return refusal(400, "customer is missing: an id of Stripe's, cus_...")
        code, lines = await self._answered(request, "changes", customer, "--most", _CHANGES)
        found = [line for line in lines if line.get("event") == "billing_change"]
        return web.json_response({"changes": found}) if code == 0 else failure(lines)

    async def reconcile(self, request: web.Request) -> web.Response:
        """Read every customer at Stripe again: `read` and `failed`, numbers of accounts."""
        _, lines = await self._answered(request, "reconcile")
        done = next((line for line in lines if line.get("event") == "done"), None)
        if done is None:
            return failure(lines)
        return web.json_response({"read": done["read"], "failed": done["failed"]})

    async def _answered(self, request: web.Request, *arguments: str) -> tuple[int, list[Line]]:
        if request.headers.get("Sec-Fetch-Site") != "same-origin":
            raise web.HTTPForbidden(text="only the shop's own pages may ask this")
        try:
            async with self._one_at_a_time:
                code, lines = await self._operate(arguments)
        except (OneOffTaskError, TimeoutError) as error:
            return 1, [{"event": "failed", "reason": str(error) or "the task did not end in time"}]
        return code, [line for line in map(parsed, lines) if line]


def parsed(text: str) -> Line:
    """The object that a line holds; an empty one for any other line."""
    try:
        line: Any = json.loads(text)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}


def failure(lines: Sequence[Line]) -> web.Response:
    """What the task says of its failure."""
    reasons = [line["reason"] for line in lines if line.get("event") == "failed" and "reason" in line]
    return refusal(502, (reasons or ["the task failed; `priceguard local logs api/once` shows what it wrote"])[-1])


def refusal(status: int, message: str) -> web.Response:
    """An answer that says what is wrong."""
    return web.json_response({"error": {"message": message}}, status=status)
