"""`/api/auth`: registration, login, logout, passwords, and who is logged in."""

from typing import Final

from quart import Blueprint, Response

from api import accounts, sessions
from api.blueprints import shapes, views
from api.blueprints.body import answer
from api.blueprints.operation import Operation, caller, database, passwords
from api.errors import (
    BusyError,
    DatabaseUnavailableError,
    EmailTakenError,
    InvalidCredentialsError,
    RateLimitedError,
)
from api.sessions import Session

blueprint: Final = Blueprint("auth", __name__, url_prefix="/api/auth")


@blueprint.post("/register")
@Operation(
    body=shapes.Registration,
    answers={201: shapes.AccountAnswer},
    errors=(EmailTakenError, RateLimitedError, BusyError, DatabaseUnavailableError),
    session=False,
)
async def register(body: shapes.Registration) -> Response:
    """Make an account."""
    made = await accounts.register(database(), passwords(), body.email, body.password, caller())
    return answer(shapes.AccountAnswer(views.account(made)), 201)


@blueprint.post("/login")
@Operation(
    body=shapes.Credentials,
    answers={200: shapes.LoginAnswer},
    errors=(InvalidCredentialsError, RateLimitedError, BusyError, DatabaseUnavailableError),
    session=False,
)
async def login(body: shapes.Credentials) -> Response:
    """Open a session."""
    made = await accounts.log_in(database(), passwords(), body.email, body.password, caller())
    return answer(shapes.LoginAnswer(made.token, made.expires_at, views.account(made.account)))


@blueprint.post("/logout")
@Operation(answers={204: None})
async def logout(session: Session) -> Response:
    """End this session."""
    await sessions.revoke(database(), session)
    return Response(status=204)


@blueprint.post("/logout-all")
@Operation(answers={204: None})
async def logout_all(session: Session) -> Response:
    """End every session. Of this account, on all devices."""
    await sessions.revoke_all(database(), session)
    return Response(status=204)


@blueprint.post("/change-password")
@Operation(
    body=shapes.PasswordChange,
    answers={204: None},
    errors=(InvalidCredentialsError, RateLimitedError, BusyError),
)
async def change_password(session: Session, body: shapes.PasswordChange) -> Response:
    """Change the password. Every other session of the account ends."""
    await accounts.change_password(database(), passwords(), session, body.current_password, body.new_password)
    return Response(status=204)


@blueprint.get("/me")
@Operation(answers={200: shapes.AccountAnswer})
async def me(session: Session) -> Response:
    """Show who is logged in."""
    return answer(shapes.AccountAnswer(views.account(session.account)))
