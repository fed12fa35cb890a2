"""What people do with accounts: register and log in."""

import contextlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from api.db import Database
from api.errors import BusyError, EmailTakenError, InvalidCredentialsError, InvalidFieldsError
from api.models.account import Account, insert_account, select_account_with_password, update_password_hash
from api.passwords import Passwords, password_problem
from api.sessions import open_session

_LONGEST_EMAIL = 254  # octets; RFC 5321, 4.5.3.1.3 less the angle brackets
_LONGEST_LOCAL_PART = 64  # octets; RFC 5321, 4.5.3.1.1


@dataclass(frozen=True, slots=True)
class Login:
    """A session that was just opened; `expires_at` is its end at the latest."""

    token: str
    expires_at: datetime
    account: Account


async def register(database: Database, passwords: Passwords, email: str, password: str) -> Account:
    """A new account. Raises InvalidFieldsError, EmailTakenError, BusyError or DatabaseUnavailableError."""
    found = {"email": email_problem(email), "password": password_problem(password)}
    problems = {name: problem for name, problem in found.items() if problem}
    if problems:
        raise InvalidFieldsError("Some fields are not valid.", fields=problems)
    password_hash = await passwords.hash(password)
    async with database.connection() as connection:
        account = await insert_account(connection, _normalised(email), password_hash)
    if account is None:
        raise EmailTakenError("There is an account with this e-mail address. Log in instead.")
    return account


async def log_in(database: Database, passwords: Passwords, email: str, password: str) -> Login:
    """A new session. Raises InvalidCredentialsError, BusyError or DatabaseUnavailableError.

    No connection is held while the password is checked: that takes a hundred times longer than a query.
    """
    known = None
    if email_problem(email) is None:
        async with database.connection() as connection:
            known = await select_account_with_password(connection, _normalised(email))
    account, stored = known or (None, None)
    matches = await passwords.verify(password, stored)
    if account is None or stored is None or not matches:
        raise InvalidCredentialsError("The e-mail address or the password is wrong.")
    renewed = None
    if passwords.is_outdated(stored):
        with contextlib.suppress(BusyError):  # the next login does as well
            renewed = await passwords.hash(password)
    async with database.connection() as connection, connection.transaction():
        if renewed:
            await update_password_hash(connection, account.id, old=stored, new=renewed)
        token, expires_at = await open_session(connection, account.id)
    return Login(token, expires_at, account)


def email_problem(email: str) -> str | None:
    """What is wrong with an e-mail address, for its owner to read; None when nothing is.

    Only a message sent there can prove an address, so this stops slips and what no address can hold.
    """
    local, at, domain = email.rpartition("@")
    labels = domain.split(".")
    if not at or "@" in local or not email.isprintable() or " " in email or not all(labels) or len(labels) < 2:
        return "must look like name@example.com"
    if not 0 < len(local.encode()) <= _LONGEST_LOCAL_PART or len(email.encode()) > _LONGEST_EMAIL:
        return f"must have at most {_LONGEST_LOCAL_PART} characters before the @ and {_LONGEST_EMAIL} in all"
    return None


def _normalised(email: str) -> str:
    """As written, in one Unicode form; the database compares it without regard to case."""
    return unicodedata.normalize("NFC", email)
