"""The accounts of the set-up before this one: a table or view of its schema, in the same database, which is only read.

Its names come from a person, so they are looked up in the catalogue, and only what is there gets into a statement.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.models import Connection

# Any number serves, as long as nothing else in this database locks it.
_LOCK = 7_203_115
_BATCH = 500
# Right after a restore RDS fetches each block that is read for the first time from the snapshot.
_SECONDS = 300.0
_TIMES = frozenset({"date", "timestamp without time zone", "timestamp with time zone"})


class NotImportedError(Exception):
    """Nothing was imported; the message says why, and what is there or what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the old accounts are: a table or view, with its schema or in `public`, and the columns that count."""

    table: str
    email: str
    password_hash: str
    customer: str
    created_at: str | None = None


@dataclass(frozen=True, slots=True)
class OldAccount:
    """One row.

    Attributes:
        row: its primary key, or its `id`, or its number in the order of addresses.
        same_email, same_customer: how many rows have its address, letters' case aside, and its customer.
        chosen_of_email, chosen_of_customer: how many of those a person has chosen.
    """

    row: str
    email: str
    password_hash: str
    customer: str | None
    created_at: datetime | None
    same_email: int
    same_customer: int
    chosen_of_email: int
    chosen_of_customer: int


async def lock_import(connection: Connection) -> bool:
    """Whether nobody else imports; the right lasts until the transaction ends."""
    return bool(await connection.fetchval(f"SELECT pg_try_advisory_xact_lock({_LOCK})"))


async def select_old_accounts(
    connection: Connection, source: Source, chosen: Sequence[str]
) -> AsyncIterator[list[OldAccount]]:
    """Every row, some hundred at a time in the order of addresses, within the caller's transaction.

    NotImportedError when there is no such table or column, or it cannot be read.
    """
    statement = await _statement(connection, source)
    await connection.execute("SET LOCAL timezone TO 'UTC'")  # what a time without a zone means
    await connection.execute("SET LOCAL statement_timeout TO 0")
    cursor = await connection.cursor(statement, list(chosen), timeout=_SECONDS)
    while rows := await cursor.fetch(_BATCH, timeout=_SECONDS):
        yield [OldAccount(**row) for row in rows]


async def _statement(connection: Connection, source: Source) -> str:
    """The query of `source`, whose `$1` are the rows that a person has chosen."""
    schema, _, name = source.table.rpartition(".")
    table = await _select_table(connection, schema or "public", name)
    columns = await _select_columns(connection, table)
    asked = [source.email, source.password_hash, source.customer, *filter(None, [source.created_at])]
    if missing := [column for column in asked if column not in columns]:
        raise NotImportedError(f"{source.table} has no column {', '.join(missing)}; it has {', '.join(columns)}")
    if source.created_at and columns[source.created_at] not in _TIMES:
        raise NotImportedError(
            f"{source.created_at} is no time but {columns[source.created_at]}; leave --created-at out"
        )
    email, password_hash, customer = (f"t.{_quoted(column)}::text" for column in asked[:3])
    email = f"normalize({email}, NFC)"
    created_at = f"t.{_quoted(source.created_at)}::timestamptz" if source.created_at else "NULL::timestamptz"
    key = await _select_key(connection, table) or (["id"] if "id" in columns else [])
    row = (
        f"concat_ws(',', {', '.join(f't.{_quoted(column)}' for column in key)})"
        if key and source.email not in key  # it is shown, which an address must not be
        else f"row_number() OVER (ORDER BY {email}, {customer})::text"
    )
    return f"""
        SELECT row, coalesce(email, '') AS email, coalesce(password_hash, '') AS password_hash, customer,
               CASE WHEN created_at BETWEEN '0001-01-01' AND now() THEN created_at END AS created_at,
               count(*) OVER same_email AS same_email,
               count(*) OVER same_customer AS same_customer,
               count(*) FILTER (WHERE row = ANY ($1::text[])) OVER same_email AS chosen_of_email,
               count(*) FILTER (WHERE row = ANY ($1::text[])) OVER same_customer AS chosen_of_customer
        FROM (
            SELECT {row} AS row, {email} AS email, {password_hash} AS password_hash,
                   nullif({customer}, '') AS customer, {created_at} AS created_at
            FROM {table} t
        ) found
        WINDOW same_email AS (PARTITION BY lower(email)), same_customer AS (PARTITION BY customer)
        ORDER BY lower(email), row
    """


async def _select_table(connection: Connection, schema: str, name: str) -> str:
    """The quoted name of a table or view that may be read."""
    found = await connection.fetch(
        """
        SELECT n.nspname AS schema, c.relname AS name, has_table_privilege(c.oid, 'SELECT') AS readable,
               pg_get_userbyid(c.relowner) AS owner, current_user AS us
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
          AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
        ORDER BY n.nspname, c.relname
        """
    )
    table = next((row for row in found if (row["schema"], row["name"]) == (schema, name)), None)
    if table is None:
        there = ", ".join(f"{row['schema']}.{row['name']}" for row in found)
        raise NotImportedError(f"there is no table {schema}.{name}; there are {there}")
    if not table["readable"]:
        raise NotImportedError(
            f"{table['us']} may not read {schema}.{name}; as its owner {table['owner']}: "
            f"GRANT USAGE ON SCHEMA {_quoted(schema)} TO {_quoted(table['us'])}; "
            f"GRANT SELECT ON {_quoted(schema)}.{_quoted(name)} TO {_quoted(table['us'])}"
        )
    return f"{_quoted(schema)}.{_quoted(name)}"


async def _select_columns(connection: Connection, table: str) -> dict[str, str]:
    """Its columns in their order, each with its type."""
    rows = await connection.fetch(
        """
        SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute
        WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum
        """,
        table,
    )
    return {row["name"]: row["type"] for row in rows}


async def _select_key(connection: Connection, table: str) -> list[str]:
    """The columns of its primary key; none of a view."""
    rows = await connection.fetch(
        """
        SELECT a.attname AS name FROM pg_index i
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
        WHERE i.indrelid = to_regclass($1) AND i.indisprimary ORDER BY array_position(i.indkey::int2[], a.attnum)
        """,
        table,
    )
    return [row["name"] for row in rows]


def _quoted(name: str) -> str:
    """As an identifier, whatever is in it; what a catalogue holds has no NUL."""
    return '"' + name.replace('"', '""') + '"'
