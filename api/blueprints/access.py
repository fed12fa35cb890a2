"""Who may call a route: everyone for those listed here, whoever has a session for all others."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from quart import Response, current_app, request

from api import sessions
from api.db import Database
from api.logs import note_account
from api.passwords import Passwords
from api.sessions import Session

_Args = ParamSpec("_Args")

# A test walks all routes: one that is neither here nor refuses strangers fails it.
PUBLIC_ROUTES: Final = frozenset({"GET /health", "POST /api/auth/register", "POST /api/auth/login"})


def with_session(
    view: Callable[Concatenate[Session, _Args], Awaitable[Response]],
) -> Callable[_Args, Awaitable[Response]]:
    """Give `view` the caller's session as its first argument; without a valid one the answer is 401."""

    @wraps(view)
    async def guarded(*args: _Args.args, **kwargs: _Args.kwargs) -> Response:
        session = await sessions.authenticate(database(), request.headers.get("Authorization"))
        note_account(session.account.id)
        return await view(session, *args, **kwargs)

    return guarded


def database() -> Database:
    """The application's database."""
    return current_app.extensions["database"]


def passwords() -> Passwords:
    """The application's password worker."""
    return current_app.extensions["passwords"]
