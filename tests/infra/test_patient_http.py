"""What is tried again, what is not, and that no answer is too much."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from infra import patient_http
from infra.patient_http import HttpError, PatientHttp, UnsureError
from tests.gitops.github.bench import Clock

TOKEN = "token_thatNobodySees"
Reply = httpx.Response | Exception


def http(*replies: Reply | Callable[[httpx.Request], httpx.Response], clock: Clock | None = None) -> PatientHttp:
    """A client to whom this is replied, the last again and again."""
    waiting = list(replies)
    clock = clock or Clock()

    def reply(request: httpx.Request) -> httpx.Response:
        now = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(now, Exception):
            raise now
        return now if isinstance(now, httpx.Response) else now(request)

    return PatientHttp(
        "https://api.example/v1", TOKEN, transport=httpx.MockTransport(reply), clock=clock, now=clock, sleep=clock.sleep
    )


WELL = httpx.Response(200, json={"well": True})
LOST = [
    pytest.param(httpx.ReadTimeout("slow"), id="a timeout"),
    pytest.param(httpx.RemoteProtocolError("cut"), id="a cut connection"),
    pytest.param(httpx.Response(500, text="<html>"), id="500"),
    pytest.param(httpx.Response(504, json={}), id="504"),
    pytest.param(httpx.Response(200, text="<html>Sign in"), id="no JSON"),
]
NOT_DONE = [
    pytest.param(httpx.ConnectError("refused"), id="nobody there"),
    pytest.param(httpx.ConnectTimeout("slow"), id="nobody answers the door"),
    pytest.param(httpx.Response(429, json={}), id="429"),
    pytest.param(httpx.Response(403, json={}, headers={"retry-after": "2"}), id="403 with a limit"),
    pytest.param(httpx.Response(403, json={"message": "a secondary rate limit"}), id="403 with words"),
]


@pytest.mark.parametrize("trouble", LOST)
def test_a_creation_whose_answer_is_lost_is_not_repeated(trouble: Reply) -> None:
    """Whoever asked has to look, unless twice is as good as once."""
    with pytest.raises(UnsureError, match="POST /things was"):
        http(trouble, WELL).send("POST", "/things", json={})

    assert http(trouble, WELL).send("POST", "/things", json={}, repeatable=True).json() == {"well": True}


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("trouble", LOST + NOT_DONE)
def test_everything_else_is(method: str, trouble: Reply) -> None:
    """Until it works."""
    clock = Clock()

    assert http(trouble, trouble, WELL, clock=clock).send(method, "/things").json() == {"well": True}
    assert len(clock.slept) == 2


@pytest.mark.parametrize("trouble", NOT_DONE)
def test_a_creation_that_was_certainly_not_done_is_repeated(trouble: Reply) -> None:
    """Nobody has to look."""
    assert http(trouble, WELL).send("POST", "/things", json={}).json() == {"well": True}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
def test_a_refusal_is_told_at_once(status: int) -> None:
    """With what the API says."""
    clock = Clock()

    with pytest.raises(HttpError, match=f"GET /things was answered {status}: no: because") as refused:
        http(httpx.Response(status, json={"message": "no", "errors": ["because"]}), clock=clock).send("GET", "/things")
    assert (refused.value.status, refused.value.said, refused.value.given_up) == (status, "no: because", False)
    assert clock.slept == []


def test_pauses_grow_and_end() -> None:
    """And no two clients have the same beat."""
    first, second = Clock(), Clock()
    for clock in (first, second):
        with pytest.raises(HttpError, match="given up after 120 s: run again, what was done stays done") as gone:
            http(httpx.Response(503), clock=clock).send("GET", "/things")
        assert gone.value.given_up

    assert first.slept != second.slept
    assert first.slept[0] < 0.31
    assert max(first.slept) <= 15 * 1.2
    assert sum(first.slept) <= 120


def test_patience_is_shared_until_it_is_renewed() -> None:
    """What one request lost the next one lacks."""
    clock = Clock()
    asked = http(httpx.Response(503), clock=clock)
    for most in (120, 15 * 1.2):
        with pytest.raises(HttpError):
            asked.send("GET", "/things")
        assert sum(clock.slept) <= most
        clock.slept.clear()
    asked.renew_patience()
    with pytest.raises(HttpError):
        asked.send("GET", "/things")

    assert sum(clock.slept) > 90


def test_only_trouble_costs_patience() -> None:
    """A client that lives as long as a deployment has all of it in the end; slow answers and other work cost none."""
    clock = Clock()

    def slow(_: httpx.Request) -> httpx.Response:
        clock.time += 19
        return WELL

    asked = http(*[slow] * 20, httpx.Response(503), WELL, clock=clock)
    for _ in range(20):
        asked.send("GET", "/things")
        clock.time += 3600
    assert asked.send("GET", "/things").json() == {"well": True}


def test_a_timeout_costs_patience() -> None:
    """As much as it took."""
    clock = Clock()

    def late(_: httpx.Request) -> httpx.Response:
        clock.time += 20
        raise httpx.ReadTimeout("slow")

    with pytest.raises(HttpError, match="was not answered: ReadTimeout; given up after 120 s"):
        http(late, clock=clock).send("GET", "/things")
    assert clock.time - Clock().time <= 140


def test_an_answer_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unpacked, too."""
    monkeypatch.setattr(patient_http, "LARGEST", 1000)

    with pytest.raises(HttpError, match="was not answered: ValueError"):
        http(httpx.Response(200, json="x" * 1000)).send("GET", "/things")


def test_an_answer_that_trickles_is_left_when_patience_ends() -> None:
    """Each byte comes in time, and all of them never."""
    clock = Clock()

    def trickle(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=drops(clock))

    with pytest.raises(HttpError, match="was not answered: ReadTimeout; given up"):
        http(trickle, clock=clock).send("GET", "/things")
    assert clock.time - Clock().time <= 120 + 70


def drops(clock: Clock) -> Iterator[bytes]:
    """A byte every ten seconds."""
    while True:
        clock.time += 10
        yield b" "


def test_a_redirect_keeps_the_token_at_home() -> None:
    """The same host may say where; another gets nothing."""
    asked: list[str] = []

    def reply(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        where = {"/v1/near": "/v1/there", "/v1/far": "https://other.example/v1/there"}.get(request.url.path)
        return httpx.Response(302, headers={"location": where}) if where else httpx.Response(200, json=[])

    assert http(reply).send("GET", "/near", params={"q": "1"}).json() == []
    for method, path in (("GET", "/far"), ("DELETE", "/near")):
        with pytest.raises(HttpError, match="was answered 302"):
            http(reply).send(method, path)
    assert asked == [
        "https://api.example/v1/near?q=1",
        "https://api.example/v1/there",
        "https://api.example/v1/far",
        "https://api.example/v1/near",
    ]


@pytest.mark.parametrize("path", ["https://other.example/x", "http://api.example/x", "https://api.example:444/x", "x"])
def test_another_address_is_not_asked(path: str) -> None:
    """Wherever it came from."""
    with pytest.raises(HttpError, match="is at another host: the token is not sent there"):
        http(WELL).send("GET", path)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"msg": "no"}, "no"),
        ({"message": "no", "errors": [{"message": "a"}, {"code": "b"}, "c", None]}, "no: a: {'code': 'b'}: c"),
        ({"errors": {"name": ["taken"]}}, "{'name': ['taken']}"),
        ({"message": None}, ""),
        ([], ""),
        ({"message": f"you sent {TOKEN}"}, "you sent [token]"),
    ],
)
def test_words_are_found_wherever_an_api_has_them(said: Any, words: str) -> None:
    """In one line, without the token."""
    with pytest.raises(HttpError) as refused:
        http(httpx.Response(400, json=said)).send("GET", "/things")
    assert refused.value.said == words
