"""Brings a database to the schema that this code needs: the numbered files of `migrations/`, in order.

Old and new tasks run side by side during a roll-out and after a rollback, so migrations only expand; what is no
longer used is dropped in a later release than the one that stopped using it. For the same reason a database may
be ahead of the code.
"""

import hashlib
import re
from pathlib import Path
from typing import Final

import structlog

from api.models import Connection
from api.models.migration import (
    Migration,
    apply_migration,
    create_migrations_table,
    lock_migrations,
    select_migrations,
)

MIGRATIONS: Final = Path(__file__).parent / "migrations"
_LOCK_SECONDS: Final = 60.0
_FILE_NAME: Final = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")

_logger: Final[structlog.typing.FilteringBoundLogger] = structlog.get_logger()


class SchemaError(Exception):
    """The migrations do not fit each other or the database; only a new release can put it right."""


async def migrate(connection: Connection, folder: Path = MIGRATIONS) -> None:
    """Apply what `connection`'s database has not had, each file in its own transaction.

    Several tasks may start at once: one applies, the others wait for it (TimeoutError after a minute) and find
    nothing to do. The lock is held until the caller closes the connection.
    """
    files = read_migrations(folder)
    await lock_migrations(connection, seconds=_LOCK_SECONDS)
    await create_migrations_table(connection)
    applied = await select_migrations(connection)
    for migration, sql in files:
        known = applied.get(migration.version)
        if known is None:
            await apply_migration(connection, migration, sql)
            _logger.info("migration_applied", version=migration.version, name=migration.name)
        elif known.checksum != migration.checksum:
            raise SchemaError(
                f"migration {migration.version:04} ({migration.name}) was changed after this database had it: "
                "put the file back as it was and write the change as a new migration."
            )


def read_migrations(folder: Path) -> list[tuple[Migration, str]]:
    """The migrations of `folder` with their SQL, numbered from 1 without a gap; SchemaError otherwise."""
    found: list[tuple[Migration, str]] = []
    for number, path in enumerate(sorted(folder.glob("*.sql")), 1):
        name = _FILE_NAME.fullmatch(path.name)
        if name is None or int(name[1]) != number:
            raise SchemaError(f"{path.name} is not the migration expected here: {number:04}_<name>.sql.")
        sql = path.read_text()
        found.append((Migration(number, name[2], hashlib.sha256(sql.encode()).hexdigest()), sql))
    return found
