"""The migrations that a database has had: table `schema_migrations`."""

from dataclasses import dataclass

from api.models import Connection

# Any number serves, as long as nothing else in this database locks it.
_LOCK = 7_203_114


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered SQL file; `checksum` is the SHA-256 of its text, in hex."""

    version: int
    name: str
    checksum: str


async def lock_migrations(connection: Connection, *, seconds: float) -> None:
    """Wait for the right to migrate, held until the connection closes; TimeoutError after `seconds`."""
    await connection.execute(f"SELECT pg_advisory_lock({_LOCK})", timeout=seconds)


async def create_migrations_table(connection: Connection) -> None:
    """Make the table unless it is there."""
    await connection.execute(
        """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            version integer PRIMARY KEY,
            name text NOT NULL,
            checksum text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now()
        )
        """
    )


async def select_migrations(connection: Connection) -> dict[int, Migration]:
    """What was applied, by version."""
    rows = await connection.fetch("SELECT version, name, checksum FROM schema_migrations")
    return {row["version"]: Migration(**row) for row in rows}


async def apply_migration(connection: Connection, migration: Migration, sql: str) -> None:
    """Run `sql` and remember it, both or neither.

    Running tasks keep serving meanwhile, so a statement that would wait long for a table's lock (and make every
    later query queue behind it) gives up after five seconds; the caller tries again.
    """
    async with connection.transaction():
        await connection.execute("SET LOCAL lock_timeout = '5s'")
        await connection.execute(sql, timeout=None)
        await connection.execute(
            "INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3)",
            migration.version,
            migration.name,
            migration.checksum,
        )
