"""Writes at the payment provider: begun in the database, sent with a key, and forgotten when their result is stored.

To send a key twice makes one thing. So what is interrupted is sent again with the same key for a short time; after
that what became of it can be seen at the provider, and the next attempt is a new one. In between nobody knows, and
everybody waits. A key that makes something is bound to the version of the account that was decided on: who was
overtaken decides again.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from api.billing_state import synchronise
from api.db import Database
from api.errors import CardDeclinedError, ChangeInProgressError, PaymentProviderRefusalError
from api.models import Connection
from api.models.account import Account, lock_account
from api.models.idempotency_key import Begun, delete_begun, select_begun, upsert_begun
from api.payments import Payment, PaymentGateway

_REUSE: Final = timedelta(seconds=30)  # for so long a key is sent again
_SETTLED: Final = timedelta(seconds=60)  # after that no call with it can be on its way: none takes longer than 12 s

CREATE_CUSTOMER: Final = "create_customer"
CREATE_SUBSCRIPTION: Final = "create_subscription"
# To repeat one of these with another key would make a second thing; to repeat any other says the same once more.
_CREATIONS: Final = frozenset({CREATE_CUSTOMER, CREATE_SUBSCRIPTION})


class OutdatedError(Exception):
    """The account was changed since it was read: decide again."""


@dataclass(frozen=True, slots=True)
class Changed:
    """An account after a change, and what is missing for its payment, if anything; `created` is a new subscription."""

    account: Account
    payment: Payment = field(default_factory=Payment)
    created: bool = False


class Writes:
    """Writes for the accounts of a database."""

    def __init__(self, database: Database, gateway: PaymentGateway) -> None:
        self._database = database
        self._gateway = gateway

    async def sent_lately(self, account: Account, operation: str, parameters: Mapping[str, str]) -> bool:
        """Whether this very write was begun a moment ago, and its result is not stored yet: it is to be sent again."""
        begun = await self.begun(account, operation)
        return begun is not None and begun.parameters == parameters and begun.age < _REUSE

    async def begun(self, account: Account, operation: str) -> Begun | None:
        """The write of this kind that the account has under way, or that was cut off."""
        async with self._database.connection() as connection:
            return await select_begun(connection, account.id, operation)

    async def begin(self, account: Account, operation: str, parameters: Mapping[str, str]) -> str:
        """The key to send a write with.

        Raises:
            OutdatedError: something is to be made, and the account is not what it was.
            ChangeInProgressError: nobody knows yet what became of another attempt.
        """
        creates = operation in _CREATIONS
        limits = {"reuse": _REUSE, "settled": _SETTLED} if creates else {"reuse": timedelta(), "settled": timedelta()}
        async with self._database.connection() as connection, connection.transaction():
            if creates and not await lock_account(connection, account.id, account.version):
                raise OutdatedError
            key = await upsert_begun(connection, account.id, operation, parameters, **limits)
        if key is None:
            raise ChangeInProgressError(
                "Another change of this kind is under way. Try again in half a minute.", wait=30
            )
        return key

    async def forget(self, account: Account, operation: str, key: str) -> None:
        """The result is stored, or there is none: the next attempt is another one."""
        async with self._database.connection() as connection:
            await delete_begun(connection, account.id, operation, key)

    async def write(
        self,
        account: Account,
        operation: str,
        parameters: Mapping[str, str],
        call: Callable[[str], Awaitable[Payment | None]],
    ) -> Changed:
        """Begin, send, store. A declined card is a result as well: what became of it is stored before it is told."""
        key = await self.begin(account, operation, parameters)

        async def finish(connection: Connection) -> None:
            await delete_begun(connection, account.id, operation, key)

        try:
            payment = await call(key)
        except CardDeclinedError:
            await synchronise(self._database, self._gateway, account.id, operation, finish)
            raise
        except PaymentProviderRefusalError:
            await self.forget(account, operation, key)
            raise
        now = await synchronise(self._database, self._gateway, account.id, operation, finish)
        return Changed(now, payment or Payment())
