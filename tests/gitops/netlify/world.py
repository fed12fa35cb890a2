"""A Netlify with one site in this process, and the clock by which its builds take their time."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

import httpx

from gitops.netlify import bundle
from gitops.netlify.client import API, Netlify
from gitops.netlify.plan import Plan, Synced
from gitops.netlify.restore import Restored, restore
from gitops.netlify.sync import plan, sync
from gitops.netlify.waiting import Waiting
from local.netlify.dns import NetlifyError
from local.netlify.site_api import handle
from local.netlify.sites import Sites

TOKEN, ADDRESS, REVISION = "nfp_secret_of_a_test", "https://shop.example", "abcdef1" + "0" * 33
OLD = {
    "VITE_API_BASE_URL": "https://old.example",
    "VITE_STRIPE_PUBLISHABLE_KEY": "pk_live_one",
    "VITE_STRIPE_PRICE_BASIC": "price_1",
    "VITE_STRIPE_PRICE_PREMIUM": "price_2",
    "VITE_STRIPE_PRICE_ENTERPRISE": "price_3",
}
NEW = {**OLD, "VITE_API_BASE_URL": "https://api.example.com", "VITE_STRIPE_PRICE_BASIC": "price_11"}
DEV = {name: value.replace("live", "test").replace("price_", "price_dev") for name, value in NEW.items()}
TITLE = "priceguard abcdef1: VITE_API_BASE_URL, VITE_STRIPE_PRICE_BASIC"
BEGIN = datetime(2026, 11, 15, tzinfo=UTC).timestamp()
Answer = Callable[[httpx.Request, Callable[[], httpx.Response]], httpx.Response]


class World:
    """One site; `published` has OLD in its variables and in what people see, built by a push of the frontend.

    Args:
        published: whether the site has been built before.
        outcomes: of the next builds; see `local.netlify.sites.Sites`.
        seconds: that a build takes.

    Attributes:
        asked: method and path of every request to the API.
        answers: called instead of Netlify, by method and end of the path; each once.
    """

    def __init__(self, *, published: bool = True, outcomes: tuple[str, ...] = (), seconds: float = 20) -> None:
        self.now = BEGIN
        self.sites = Sites(lambda: self.now)
        self.site = self.sites.add("shop", ADDRESS)
        self.asked: list[str] = []
        self.answers: list[tuple[str, str, Answer]] = []
        self.said: list[str] = []
        self.sites.seconds = seconds
        self.transport = httpx.MockTransport(self._answer)
        if published:
            self.have(OLD)
            self.push("Add a banner")
            self.now += 3600
        self.sites.outcomes = list(outcomes)

    @property
    def variables(self) -> Any:
        """Those of the site."""
        return self.sites.variables(self.site["id"])

    @property
    def written(self) -> list[str]:
        """The requests that were not only looks."""
        return [request for request in self.asked if not request.startswith("GET")]

    def have(self, values: dict[str, str], context: str = "production") -> None:
        """Let these variables be there, in one context."""
        self.variables.create([{"key": k, "values": [{"context": context, "value": v}]} for k, v in values.items()])

    def push(self, title: str, *, wait: bool = True) -> str:
        """Somebody changes the frontend, and Netlify builds it."""
        deploy = self.sites.build(self.site["id"], title)["deploy_id"]
        self.now += self.sites.seconds if wait else 0
        self.sites.all()
        return deploy

    def values(self, context: str = "production") -> dict[str, str]:
        """What a build gets."""
        return self.variables.at(context)

    def shown(self) -> set[str]:
        """The values that people's browsers get."""
        page = self.sites.page(self.site["id"], "/") or ""
        script = page.partition('src="')[2].partition('"')[0]
        text = self.sites.page(self.site["id"], script) or ""
        return {value for value in {*OLD.values(), *NEW.values()} if f'"{value}"' in text}

    def builds(self) -> list[tuple[str, str]]:
        """Title and state of every deploy, the oldest first."""
        return [(deploy["title"], deploy["state"]) for deploy in reversed(self.sites.deploys(self.site["id"]))]

    def published(self) -> str:
        """The id of what people see."""
        return self.sites.site(self.site["id"])["published_deploy"]["id"]

    def plan(self, environment: Any = NEW, stack: str = "prod", **options: Any) -> Plan:
        """What a sync would do."""
        with bundle.client(self.transport) as pages:
            settings: dict[str, Any] = {"revision": REVISION, "waiting": self.waiting, "pages": pages}
            return plan(self.netlify(), self.site["id"], stack, environment, **(settings | options))

    def sync(
        self,
        environment: Any = NEW,
        stack: str = "prod",
        *,
        transport: httpx.BaseTransport | None = None,
        **options: Any,
    ) -> Synced:
        """Bring the site to this."""
        with bundle.client(transport or self.transport) as pages:
            settings: dict[str, Any] = {"waiting": self.waiting, "pages": pages, "progress": self.said.append}
            settings |= {"revision": REVISION, **options}
            return sync(self.netlify(transport), self.site["id"], stack, environment, **settings)

    def restore(self, record: Any, transport: httpx.BaseTransport | None = None) -> Restored:
        """Take the site back."""
        return restore(self.netlify(transport), self.site["id"], record, waiting=self.waiting)

    def netlify(self, transport: httpx.BaseTransport | None = None) -> Netlify:
        """Who may change the site."""
        return Netlify(TOKEN, transport=transport or self.transport, waiting=self.waiting)

    @property
    def waiting(self) -> Waiting:
        """By the clock of this world."""
        return Waiting(most=300, shown=20, pause=5, now=lambda: self.now, sleep=self._sleep)

    def answer_next(self, method: str, end: str, answer: Answer) -> None:
        """Let the next such request be answered otherwise."""
        self.answers.append((method, end, answer))

    def _sleep(self, seconds: float) -> None:
        self.now += seconds

    def _answer(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        if f"https://{url.host}" == ADDRESS:
            assert "Authorization" not in request.headers
            text = self.sites.page(self.site["id"], url.path)
            return httpx.Response(404) if text is None else httpx.Response(200, text=text)
        assert str(url).startswith(API)
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"
        path = unquote(url.path.removeprefix("/api/v1"))
        self.asked.append(f"{request.method} {path}")
        for number, (method, end, answer) in enumerate(self.answers):
            if method == request.method and path.endswith(end):
                del self.answers[number]
                return answer(request, lambda: self._api(request, path))
        return self._api(request, path)

    def _api(self, request: httpx.Request, path: str) -> httpx.Response:
        body = json.loads(request.content or b"null")
        try:
            status, answer = handle(self.sites, request.method, path, dict(parse_qsl(request.url.query.decode())), body)
        except NetlifyError as error:
            status, answer = error.status, error.body
        return httpx.Response(status, json=answer) if answer is not None else httpx.Response(status)


def refused(status: int, message: str = "No") -> Answer:
    """An answer of Netlify's own."""
    return lambda _, __: httpx.Response(status, json={"code": status, "message": message})


def lost(_: httpx.Request, carry_out: Callable[[], httpx.Response]) -> httpx.Response:
    """It is carried out, and its answer gets lost."""
    carry_out()
    raise httpx.ReadTimeout("")
