"""Whether the API answers through the load balancer."""

from collections.abc import Sequence

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from local.health import unhealthy

OK = (200, '{"status": "ok"}')


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four attempts at once instead of forty in ten seconds."""
    monkeypatch.setattr("local.health._ATTEMPTS", 4)
    monkeypatch.setattr("local.health._PAUSE", 0)


async def ask(answers: Sequence[tuple[int, str]]) -> tuple[str | None, int]:
    """What is found out about an API that gives these answers, then the last one again; and how often it was asked."""
    asked = 0

    async def health(_: web.Request) -> web.Response:
        nonlocal asked
        status, text = answers[min(asked, len(answers) - 1)]
        asked += 1
        return web.Response(status=status, text=text)

    application = web.Application()
    application.router.add_get("/health", health)
    async with TestServer(application) as server:
        return await unhealthy(str(server.make_url("")).rstrip("/")), asked


async def test_an_api_that_is_healthy_is_asked_once() -> None:
    """Nothing is wrong."""
    assert await ask([OK]) == (None, 1)


async def test_an_api_that_becomes_healthy_has_time() -> None:
    """Until then it may be starting, degraded, or answer by something that is no JSON."""
    answers = [(503, "<html>"), (503, '{"status": "starting"}'), (200, '{"status": "degraded"}'), OK]

    assert await ask(answers) == (None, 4)


async def test_an_api_that_stays_unhealthy_is_quoted() -> None:
    """What it last said."""
    answers = [(503, '{"status": "starting"}'), (200, '{"status": "degraded"}')]

    assert await ask(answers) == ('{"status": "degraded"}', 4)
