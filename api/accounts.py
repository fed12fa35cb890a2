"""What people do with accounts: register, log in, change the password.

Registration says when an address is taken: without a mail to its owner nothing else can be said (a login right after
it would tell anyway). What is limited is how often one address may ask.
"""

import contextlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api import ratelimit
from api.db import Database
from api.errors import BusyError, EmailTakenError, InvalidCredentialsError, InvalidFieldsError
from api.models.account import (
    Account,
    insert_account,
    lock_password,
    select_account_with_password,
    select_password_hash,
    update_password_hash,
)
from api.models.rate_limit import give_back
from api.models.session import delete_account_sessions
from api.passwords import Passwords, password_problem
from api.sessions import Session, open_session

LONGEST_EMAIL: Final = 254  # octets; RFC 5321, 4.5.3.1.3 less the angle brackets
_LONGEST_LOCAL_PART: Final = 64  # octets; RFC 5321, 4.5.3.1.1


@dataclass(frozen=True, slots=True)
class Login:
    """A session that was just opened; `expires_at` is its end at the latest."""

    token: str
    expires_at: datetime
    account: Account


async def register(database: Database, passwords: Passwords, email: str, password: str, caller: str) -> Account:
    """A new account, for somebody at the network address `caller`.

    Raises InvalidFieldsError, EmailTakenError, RateLimitedError, BusyError or DatabaseUnavailableError.
    """
    found = {"email": email_problem(email), "password": password_problem(password)}
    problems = {name: problem for name, problem in found.items() if problem}
    if problems:
        raise InvalidFieldsError("Some fields are not valid.", fields=problems)
    await passwords.refuse_when_busy()
    await ratelimit.use(database, ratelimit.REGISTER_ADDRESS.of(caller))
    password_hash = await passwords.hash(password)
    async with database.connection() as connection:
        account = await insert_account(connection, normalised(email), password_hash)
    if account is None:
        raise EmailTakenError("There is an account with this e-mail address. Log in instead.")
    return account


async def log_in(database: Database, passwords: Passwords, email: str, password: str, caller: str) -> Login:
    """A new session, for somebody at the network address `caller`.

    Raises InvalidCredentialsError, RateLimitedError, BusyError or DatabaseUnavailableError. No connection is held
    while the password is checked: that takes a hundred times longer than a query.
    """
    email = normalised(email)
    uses = ratelimit.LOGIN_ADDRESS.of(caller), ratelimit.LOGIN_ACCOUNT.of(email.lower())
    await passwords.refuse_when_busy()
    await ratelimit.use(database, *uses)
    known = None
    if email_problem(email) is None:
        async with database.connection() as connection:
            known = await select_account_with_password(connection, email)
    account, stored = known or (None, None)
    try:
        matches = await passwords.verify(password, stored)
    except BusyError:  # nothing was tried
        await ratelimit.undo(database, *uses)
        raise
    if account is None or stored is None or not matches:
        raise _wrong_credentials()
    renewed = None
    if passwords.is_outdated(stored):
        with contextlib.suppress(BusyError):  # the next login does as well
            renewed = await passwords.hash(password)
    async with database.connection() as connection, connection.transaction():
        # Whoever changes the password meanwhile means to end the sessions of who knew the old one.
        if renewed:
            is_current = await update_password_hash(connection, account.id, old=stored, new=renewed)
        else:
            is_current = await lock_password(connection, account.id, stored)
        if not is_current:
            raise _wrong_credentials()
        token, expires_at = await open_session(connection, account.id)
        await give_back(connection, list(uses))
    return Login(token, expires_at, account)


async def change_password(database: Database, passwords: Passwords, session: Session, current: str, new: str) -> None:
    """Replace the password, and end every other session of the account.

    Raises InvalidFieldsError, InvalidCredentialsError, RateLimitedError, BusyError or DatabaseUnavailableError.
    """
    account = session.account
    if problem := password_problem(new):
        raise InvalidFieldsError("Some fields are not valid.", fields={"new_password": problem})
    await passwords.refuse_when_busy()
    await ratelimit.use(database, ratelimit.PASSWORD_ACCOUNT.of(str(account.id)))
    async with database.connection() as connection:
        stored = await select_password_hash(connection, account.id)
    if stored is None or not await passwords.verify(current, stored):
        raise InvalidCredentialsError("The current password is wrong.")
    renewed = await passwords.hash(new)
    async with database.connection() as connection, connection.transaction():
        if not await update_password_hash(connection, account.id, old=stored, new=renewed):
            raise InvalidCredentialsError("The password was changed a moment ago. Log in with the new one.")
        await delete_account_sessions(connection, account.id, but=session.token_hash)


def _wrong_credentials() -> InvalidCredentialsError:
    return InvalidCredentialsError("The e-mail address or the password is wrong.")


def email_problem(email: str) -> str | None:
    """What is wrong with an e-mail address, for its owner to read; None when nothing is.

    Only a message sent there can prove an address, so this stops slips and what no address can hold.
    """
    local, at, domain = email.rpartition("@")
    labels = domain.split(".")
    if not at or "@" in local or not email.isprintable() or " " in email or not all(labels) or len(labels) < 2:
        return "must look like name@example.com"
    if not 0 < len(local.encode()) <= _LONGEST_LOCAL_PART or len(email.encode()) > LONGEST_EMAIL:
        return f"must have at most {_LONGEST_LOCAL_PART} characters before the @ and {LONGEST_EMAIL} in all"
    return None


def normalised(email: str) -> str:
    """As written, in one Unicode form; the database compares it without regard to case."""
    return unicodedata.normalize("NFC", email)
