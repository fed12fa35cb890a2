"""Taking over accounts: each row of a table of the set-up before becomes an account with its customer.

All rows in one transaction: an import that was cut off has done nothing, and one that is repeated finds what is there
and leaves it as it is. The old table is only read. What cannot become an account is told, never left out.
"""

import contextlib
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from api.accounts import email_problem
from api.db import Database
from api.models import Connection
from api.models.imported_account import Holder, insert_accounts, select_holders
from api.models.old_account import NotImportedError, OldAccount, Source, lock_import, select_old_accounts
from api.passwords import is_verifiable

_CUSTOMER: Final = re.compile(r"cus_\w+", re.ASCII)
_CANNOT_LOG_IN: Final = "its password is not kept as Argon2 that can be verified"
_SEVERAL: Final = "several rows have its {}"
_OTHER_CHOSEN: Final = "another row with its {} was chosen"


@dataclass(frozen=True, slots=True)
class Left:
    """A row that is no account, or whose account (`account_id`) nobody can log in to, and why."""

    row: str
    customer: str | None
    reason: str
    account_id: uuid.UUID | None = None


@dataclass(slots=True)
class TakenOver:
    """What became of the rows: each is `made`, `there_already`, `refused` or `left_out`.

    Attributes:
        with_customer: how many of those that were made have a customer.
        left_out: a person has chosen another row.
        cannot_log_in: of those made or there already.
    """

    made: int = 0
    with_customer: int = 0
    there_already: int = 0
    refused: list[Left] = field(default_factory=list[Left])
    left_out: list[Left] = field(default_factory=list[Left])
    cannot_log_in: list[Left] = field(default_factory=list[Left])


class _OnlyTriedError(Exception):
    """Leads out of the transaction of a dry run, which undoes it."""


async def take_over(
    database: Database, source: Source, *, chosen: Sequence[str] = (), dry_run: bool = False
) -> TakenOver:
    """Make an account of every row of `source`.

    Args:
        database: where both tables are.
        source: the old table and its columns.
        chosen: of rows that have the same address or customer, those that count.
        dry_run: undo everything in the end.

    Raises:
        NotImportedError: nothing was done, because the source is not there, a chosen row is not, or somebody else is
            importing.
        DatabaseUnavailableError: nothing was done.
    """
    result, missing = TakenOver(), set(chosen)
    with contextlib.suppress(_OnlyTriedError):
        async with database.connection() as connection, connection.transaction():
            if not await lock_import(connection):
                raise NotImportedError("another import is under way; run this again when it has ended")
            async for batch in select_old_accounts(connection, source, chosen):
                missing -= {row.row for row in batch}
                await _import(connection, [row for row in batch if _is_fit(row, chosen, result)], result)
            if missing:
                raise NotImportedError(
                    f"{source.table} has no row {', '.join(sorted(missing))}; choose one that it has"
                )
            if dry_run:
                raise _OnlyTriedError
    return result


def _is_fit(row: OldAccount, chosen: Sequence[str], result: TakenOver) -> bool:
    """Whether it can become an account; otherwise it is noted why not."""
    if email_problem(row.email):
        result.refused.append(Left(row.row, row.customer, "its address is none that an account can have"))
        return False
    if row.customer and not _CUSTOMER.fullmatch(row.customer):
        result.refused.append(Left(row.row, None, "its customer is no id of Stripe's, cus_..."))
        return False
    same = [("address", row.same_email, row.chosen_of_email)]
    same += [("customer", row.same_customer, row.chosen_of_customer)] if row.customer else []
    for what, rows, chosen_rows in same:
        if rows > 1 and not (chosen_rows == 1 and row.row in chosen):
            decided = chosen_rows == 1
            reason = (_OTHER_CHOSEN if decided else _SEVERAL).format(what)
            (result.left_out if decided else result.refused).append(Left(row.row, row.customer, reason))
            return False
    return True


async def _import(connection: Connection, rows: Sequence[OldAccount], result: TakenOver) -> None:
    made = await insert_accounts(connection, rows)
    holders = await select_holders(connection, rows)
    for row in rows:
        if problem := _conflict(row, holders):
            result.refused.append(Left(row.row, row.customer, problem))
            continue
        if row.row in made:
            result.made += 1
            result.with_customer += row.customer is not None
        else:
            result.there_already += 1
        holder = holders[row.row]
        if not is_verifiable(holder.password_hash):
            result.cannot_log_in.append(Left(row.row, row.customer, _CANNOT_LOG_IN, holder.id))


def _conflict(row: OldAccount, holders: Mapping[str, Holder]) -> str | None:
    """Why the row cannot be the account that there is; None when it is, or was made just now."""
    holder = holders.get(row.row)
    if holder is None:
        return "another account has its customer"
    return None if holder.has_customer else "an account with its address was not made from it, and has no such customer"
