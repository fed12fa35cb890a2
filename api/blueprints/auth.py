"""`/api/auth`: registration, login, logout, and who is logged in."""

from typing import Final

import msgspec
from quart import Blueprint, Response

from api import accounts, sessions
from api.blueprints.access import database, passwords, with_session
from api.blueprints.body import answer, read_body
from api.sessions import Session

blueprint: Final = Blueprint("auth", __name__, url_prefix="/api/auth")


class _Credentials(msgspec.Struct, forbid_unknown_fields=True):
    email: str
    password: str


@blueprint.post("/register")
async def register() -> Response:
    """`{"email", "password"}` -> 201 `{"account"}`; 409 email_taken when the address has an account."""
    body = await read_body(_Credentials)
    account = await accounts.register(database(), passwords(), body.email, body.password)
    return answer({"account": account}, 201)


@blueprint.post("/login")
async def login() -> Response:
    """`{"email", "password"}` -> `{"token", "expires_at", "account"}`; 401 invalid_credentials otherwise."""
    body = await read_body(_Credentials)
    return answer(await accounts.log_in(database(), passwords(), body.email, body.password))


@blueprint.post("/logout")
@with_session
async def logout(session: Session) -> Response:
    """End this session -> 204."""
    await sessions.revoke(database(), session)
    return Response(status=204)


@blueprint.get("/me")
@with_session
async def me(session: Session) -> Response:
    """Who is logged in -> `{"account"}`."""
    return answer({"account": session.account})
