"""What Netlify may answer instead: what is waited for, what is told, and never the token."""

from typing import Any

import httpx
import pytest

from gitops.netlify.client import Netlify
from gitops.netlify.errors import NetlifyError
from gitops.netlify.waiting import Waiting
from tests.gitops.netlify.world import NEW, TOKEN, World, refused

LOOKS = ["/sites/{id}", "/accounts/team/env", "/sites/{id}/deploys"]


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        (401, "the token is wrong or has expired: make a token at"),
        (403, "the token's user may not do this"),
        (404, "is NETLIFY_SITE_ID the site's `Project ID`"),
        (409, "somebody else changed it meanwhile: run again"),
        (422, "see the site's settings at Netlify"),
    ],
)
@pytest.mark.parametrize(
    ("method", "end"), [*(("GET", look) for look in LOOKS), ("PUT", "BASE_URL"), ("POST", "builds")]
)
def test_a_refusal_is_told_with_what_to_do(method: str, end: str, status: int, remedy: str) -> None:
    """In one line, with Netlify's own words, and without the token, should Netlify repeat it."""
    world = World()
    world.answer_next(method, end.format(id=world.site["id"]), refused(status, f"No {TOKEN}"))

    with pytest.raises(NetlifyError) as told:
        world.sync()

    assert told.value.status == status
    assert f"was answered {status}: No [token]" in str(told.value)
    assert remedy in str(told.value)
    assert TOKEN not in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("method", "end"), [*(("GET", look) for look in LOOKS), ("PUT", "BASE_URL"), ("POST", "builds")]
)
def test_a_limit_is_waited_for(method: str, end: str) -> None:
    """Until the time that Netlify names."""
    world = World()
    ends = world.now + 42

    def limited(*_: Any) -> httpx.Response:
        return httpx.Response(429, headers={"X-RateLimit-Reset": f"{ends}"}, json={"code": 429})

    world.answer_next(method, end.format(id=world.site["id"]), limited)

    assert world.sync().deploy
    assert (world.now >= ends, world.values(), len(world.builds())) == (True, NEW, 2)


@pytest.mark.parametrize("trouble", [refused(500), refused(503)])
@pytest.mark.parametrize(
    ("method", "end"), [*(("GET", look) for look in LOOKS), ("PUT", "BASE_URL"), ("POST", "builds")]
)
def test_a_stumble_is_got_over(method: str, end: str, trouble: Any) -> None:
    """And nothing is built twice."""
    world = World()
    for _ in range(2):
        world.answer_next(method, end.format(id=world.site["id"]), trouble)

    assert world.sync().deploy
    assert (world.values(), len(world.builds())) == (NEW, 2)


def test_a_netlify_that_is_down_is_given_up() -> None:
    """Each request has its own patience: a build that takes long has used up none."""
    world = World()
    for _ in range(1000):
        world.answer_next("GET", "/env", refused(503))

    with pytest.raises(NetlifyError, match="was answered 503: No; given up after 120 s: run again"):
        world.sync()
    assert world.written == []


@pytest.mark.parametrize("answer", [[], {"id": 7}, {"id": "x"}, "x", None])
def test_an_answer_of_another_form_is_no_stack_trace(answer: Any) -> None:
    """Whatever it is."""
    world = World()
    world.answer_next("GET", world.site["id"], lambda *_: httpx.Response(200, json=answer))

    with pytest.raises(NetlifyError, match="Netlify answers otherwise than its API promises"):
        world.sync()


def test_the_token_goes_to_nobody_in_the_clear() -> None:
    """Nor is it in what is said about it."""
    with pytest.raises(NetlifyError, match=r"^NETLIFY_API_URL is http://netlify\.example: it must be https") as told:
        Netlify(TOKEN, url="http://netlify.example", waiting=Waiting())
    assert TOKEN not in str(told.value)
