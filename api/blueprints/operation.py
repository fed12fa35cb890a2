"""What a route takes and answers: declared once, carried out here, and described from it in the OpenAPI document."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Final

import msgspec
from quart import Response, current_app, request

from api import sessions
from api.billing import Billing
from api.blueprints.body import convert_query, read_body
from api.blueprints.shapes import OwnAccount
from api.db import Database
from api.errors import ApiError, NotYourAccountError
from api.logs import note_account
from api.passwords import Passwords
from api.ratelimit import network
from api.sessions import Session

# A test walks all routes: one that is neither here nor refuses strangers fails it.
PUBLIC_ROUTES: Final = frozenset(
    {
        "GET /health",
        "GET /openapi.json",
        "GET /docs",
        "GET /docs/style.css",
        "POST /api/auth/register",
        "POST /api/auth/login",
        "POST /api/stripe/webhook",
    }
)

View = Callable[..., Awaitable[Response]]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A route's contract. As a decorator it gives the view what it takes: session, body and query, in this order.

    Args:
        answers: status -> shape of the JSON, None for no body.
        errors: what the use case may refuse, beside what every route may.
        session: whether only somebody who is logged in may call it.
        body: shape of the JSON body.
        bodiless: whether the body may be left out.
        query: shape of the query.
        raw: whether the view reads the body itself, as it came.
        headers: headers that the view reads itself -> what they are for.
    """

    answers: Mapping[int, type[msgspec.Struct] | None]
    errors: tuple[type[ApiError], ...] = ()
    session: bool = True
    body: type[msgspec.Struct] | None = None
    bodiless: bool = False
    query: type[msgspec.Struct] | None = None
    raw: bool = False
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def __call__(self, view: View) -> View:
        """Wrap a view."""

        @wraps(view)
        async def answered() -> Response:
            given: list[Any] = []
            if self.session:
                given.append(await _session())
            if self.body:
                given.append(await read_body(self.body, bodiless=self.bodiless))
            if self.query:
                given.append(convert_query(self.query))
            if self.session:
                _require_own(given[0], *given[1:])
            return await view(*given)

        vars(answered)["operation"] = self
        return answered


async def _session() -> Session:
    session = await sessions.authenticate(database(), request.headers.get("Authorization"))
    note_account(session.account.id)
    return session


def _require_own(session: Session, *given: Any) -> None:
    """NotYourAccountError when query or body name an e-mail address that is not the caller's."""
    named = [request.args.get("email"), *(item.email for item in given if isinstance(item, OwnAccount))]
    own = session.account.email.lower()
    if any(email is not None and email.lower() != own for email in named):
        raise NotYourAccountError("This is another account's e-mail address: leave it out, or send your own.")


def database() -> Database:
    """The application's database."""
    return current_app.extensions["database"]


def passwords() -> Passwords:
    """The application's password worker."""
    return current_app.extensions["passwords"]


def billing() -> Billing:
    """The application's billing."""
    return current_app.extensions["billing"]


def caller() -> str:
    """The network of who calls: of the last address of X-Forwarded-For, which our load balancer has seen itself."""
    forwarded = ",".join(request.headers.getlist("X-Forwarded-For")).rpartition(",")[2].strip()
    return network(forwarded or request.remote_addr or "")
