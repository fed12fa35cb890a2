"""The site over HTTP: where it is, what it answers before and after it is published, and whom."""

import socket
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import aiohttp
import pytest

from local.one_off_task import OneOffTaskError
from local.shop_actions import ShopActions
from local.shop_build import Build
from local.shop_site import ShopSite

BUILD = Build(
    environment={"VITE_API_BASE_URL": "https://api.example.com", "VITE_STRIPE_PUBLISHABLE_KEY": "pk_test_local"},
    api="http://localhost:1",
    stripe="http://127.0.0.1:2",
)
PAGE = {"Sec-Fetch-Site": "same-origin"}
CHANGE = '{"event": "billing_change", "cause": "webhook", "events": ["evt_1"], "before": {}, "after": {}}'


Answer = tuple[int, list[str]] | Exception


class Operations:
    """The API's operations: what was asked, and what is answered.

    Attributes:
        asked: the arguments of each call.
        answer: exit code and lines, or what is raised.
    """

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.answer: Answer = 0, []

    async def __call__(self, arguments: Sequence[str]) -> tuple[int, list[str]]:
        """Answer one."""
        self.asked.append(list(arguments))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def operations() -> Operations:
    """Those that answer nothing yet."""
    return Operations()


@pytest.fixture
async def site(tmp_path: Path, operations: Operations) -> AsyncIterator[ShopSite]:
    """A site that listens."""
    made = ShopSite(tmp_path / "shop" / "port", 0, ShopActions(operations))
    await made.start()
    yield made
    await made.close()


@pytest.fixture
async def http(site: ShopSite) -> AsyncIterator[aiohttp.ClientSession]:
    """A client of it."""
    async with aiohttp.ClientSession(site.origin, timeout=aiohttp.ClientTimeout(total=10)) as session:
        yield session


async def test_before_it_is_published(http: aiohttp.ClientSession) -> None:
    """It says so."""
    async with http.get("/") as answer:
        assert answer.status == 503
        assert "priceguard local status" in await answer.text()


async def test_a_page(site: ShopSite, http: aiohttp.ClientSession) -> None:
    """With headers that keep others out of it, and no old copy in a cache."""
    site.publish(BUILD)

    async with http.get("/plans") as answer:
        assert (answer.status, answer.content_type) == (200, "text/html")
        assert answer.headers["Content-Security-Policy"] == BUILD.content_security_policy
        assert answer.headers["Cache-Control"] == "no-cache"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for path, status in (("/missing.js", 404), ("/a%00.js", 404)):
        async with http.get(path, headers=PAGE) as answer:
            assert (answer.status, answer.headers["X-Content-Type-Options"]) == (status, "nosniff")


async def test_a_name_that_somebody_lets_lead_here(site: ShopSite, http: aiohttp.ClientSession) -> None:
    """Is answered nothing: its pages would be of the same origin."""
    site.publish(BUILD)

    for path in ("/", "/local/changes?customer=cus_1"):
        async with http.get(path, headers={**PAGE, "Host": "evil.example"}) as answer:
            assert answer.status == 421


async def test_another_name_of_this_machine(site: ShopSite, http: aiohttp.ClientSession) -> None:
    """Leads to the origin that the API lets in."""
    site.publish(BUILD)
    host = site.origin.removeprefix("http://").replace("localhost", "127.0.0.1")

    async with http.get("/plans?price=1", headers={"Host": host}, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (307, f"{site.origin}/plans?price=1")


async def test_the_port_stays_the_same(tmp_path: Path, operations: Operations) -> None:
    """Sessions are kept by origin; when somebody else has the port, it is another one."""
    first = ShopSite(tmp_path / "port", 0, ShopActions(operations))
    await first.start()
    origin = first.origin
    await first.close()
    again = ShopSite(tmp_path / "port", 0, ShopActions(operations))
    await again.start()
    await again.start()
    same = again.origin
    await again.close()
    with socket.create_server(("127.0.0.1", int(origin.rpartition(":")[2]))):
        third = ShopSite(tmp_path / "port", 0, ShopActions(operations))
        await third.start()
        other = third.origin
        await third.close()

    assert origin == same != other
    assert (first.origin, again.origin) == ("", "")


async def test_what_changed(http: aiohttp.ClientSession, operations: Operations) -> None:
    """Only the changes, of what the task wrote."""
    operations.answer = 0, ["no JSON", '"no object"', CHANGE, '{"event": "done"}']

    async with http.get("/local/changes?customer=cus_1", headers=PAGE) as answer:
        found = await answer.json()

    assert [change["events"] for change in found["changes"]] == [["evt_1"]]
    assert operations.asked == [["changes", "cus_1", "--most", "20"]]


async def test_reconciling(http: aiohttp.ClientSession, operations: Operations) -> None:
    """With the numbers of the accounts."""
    operations.answer = 0, ['{"event": "done", "read": 3, "failed": 0}']

    async with http.post("/local/reconcile", headers=PAGE) as answer:
        assert (answer.status, await answer.json()) == (200, {"read": 3, "failed": 0})


async def test_accounts_that_could_not_be_read(http: aiohttp.ClientSession, operations: Operations) -> None:
    """Are counted: the others were."""
    operations.answer = 1, ['{"event": "done", "read": 3, "failed": 1}']

    async with http.post("/local/reconcile", headers=PAGE) as answer:
        assert (answer.status, await answer.json()) == (200, {"read": 3, "failed": 1})


@pytest.mark.parametrize("kept", ["99999999", "-5", "0", "a port", ""])
async def test_a_broken_memory_of_the_port(tmp_path: Path, operations: Operations, kept: str) -> None:
    """Is none: the site gets another one, and remembers that."""
    (tmp_path / "port").write_text(kept)
    site = ShopSite(tmp_path / "port", 0, ShopActions(operations))
    await site.start()
    origin = site.origin
    await site.close()

    assert origin.rpartition(":")[2] == (tmp_path / "port").read_text()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((1, ['{"event": "failed", "reason": "there is no such customer"}']), "there is no such customer"),
        ((1, []), "logs api/once"),
        (OneOffTaskError("the service does not run here"), "does not run here"),
        (TimeoutError(), "did not end in time"),
    ],
)
@pytest.mark.parametrize(("method", "path"), [("GET", "/local/changes?customer=cus_1"), ("POST", "/local/reconcile")])
async def test_a_task_that_fails(
    http: aiohttp.ClientSession, operations: Operations, method: str, path: str, answer: Answer, said: str
) -> None:
    """The reason is said."""
    operations.answer = answer

    async with http.request(method, path, headers=PAGE) as response:
        assert response.status == 502
        assert said in (await response.json())["error"]["message"]


@pytest.mark.parametrize("from_", ["cross-site", "same-site", "none", None])
async def test_pages_from_elsewhere_may_not(
    http: aiohttp.ClientSession, operations: Operations, from_: str | None
) -> None:
    """Nor whoever does not say where it comes from."""
    headers = {"Sec-Fetch-Site": from_} if from_ else {}

    for method, path in (("GET", "/local/changes?customer=cus_1"), ("POST", "/local/reconcile")):
        async with http.request(method, path, headers=headers) as answer:
            assert answer.status == 403
    assert not operations.asked


async def test_a_customer_must_be_named(http: aiohttp.ClientSession, operations: Operations) -> None:
    """No option gets into the command."""
    for customer in ("", "--help", "cus_\0", "cus_1 --most", "cus_"):
        async with http.get("/local/changes", params={"customer": customer}, headers=PAGE) as answer:
            assert answer.status == 400
    assert not operations.asked
