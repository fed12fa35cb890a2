"""The PostgreSQL that the local RDS instance lives in: one of our own, or the one that DATABASE_URL names."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg

from local.postgres import PostgresServer


class DatabaseError(Exception):
    """The server of DATABASE_URL cannot be used; the message never holds the password."""


@dataclass(frozen=True)
class OwnDatabase:
    """An embedded server, started and stopped with the platform; its data stay."""

    server: PostgresServer

    @classmethod
    def in_directory(cls, directory: Path) -> "OwnDatabase":
        """A server whose data live in `directory`."""
        return cls(PostgresServer(directory))

    async def start(self) -> None:
        """Start it; on the main thread, because the kernel ends the server when the thread that started it ends."""
        self.server.start()

    def stop(self) -> None:
        """Stop it."""
        self.server.stop()

    @property
    def running(self) -> bool:
        """Whether the server process is there."""
        return self.server.pid is not None

    @property
    def pid(self) -> int | None:
        """The server process."""
        return self.server.pid

    @property
    def admin_dsn(self) -> str:
        """How a superuser connects. Holds a password."""
        return self.server.admin_dsn

    @property
    def address(self) -> tuple[str, int]:
        """Host and port that tasks connect to."""
        return self.server.host, self.server.port

    @property
    def settings(self) -> Mapping[str, str]:
        """What of `priceguard:database` differs from the cloud: the roots that sign this server's certificate."""
        return {"tls": "verify-full", "rootCertificates": str(self.server.ca_file)}


@dataclass
class GivenDatabase:
    """An administrator's server. It is used as it is: never started, stopped or reconfigured."""

    admin_dsn: str
    settings: Mapping[str, str]
    running: bool = False
    pid: int | None = None

    @classmethod
    def at(cls, dsn: str) -> "GivenDatabase":
        """The server of `dsn`, such as `postgresql://postgres:...@localhost:5432/postgres`."""
        return cls(dsn, {})

    @property
    def address(self) -> tuple[str, int]:
        """Host and port that tasks connect to."""
        parts = urlsplit(self.admin_dsn)
        return parts.hostname or "localhost", parts.port or 5432

    async def start(self) -> None:
        """Connect once, and find out how far TLS goes there.

        Raises:
            DatabaseError: nobody answers, or the user may not make databases and roles.
        """
        given = parse_qs(urlsplit(self.admin_dsn).query)
        if given.get("sslmode") == ["verify-full"]:
            roots = given.get("sslrootcert", [""])[0]
            await self._connect()
            self.settings = {"tls": "verify-full", "rootCertificates": roots}
        else:
            self.settings = {"tls": "require" if await self._speaks_tls() else "disable"}
        self.running = True

    def stop(self) -> None:
        """Nothing: it is not ours."""

    async def _speaks_tls(self) -> bool:
        try:
            await self._connect("require")
        except DatabaseError:
            await self._connect("disable")
            return False
        return True

    async def _connect(self, ssl: str | None = None) -> None:
        """Connect and leave; `ssl` overrides what the DSN says."""
        where = "{}:{}".format(*self.address)
        try:
            connection = await asyncpg.connect(self.admin_dsn, timeout=5, ssl=ssl)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
            raise DatabaseError(f"DATABASE_URL: cannot connect to {where} ({error}); correct or unset it") from error
        try:
            may = await connection.fetchval(
                "SELECT rolsuper OR (rolcreatedb AND rolcreaterole) FROM pg_roles WHERE rolname = current_user"
            )
        finally:
            await connection.close()
        if not may:
            raise DatabaseError(f"DATABASE_URL: its user may not make databases and roles at {where}; give another")


LocalDatabase = OwnDatabase | GivenDatabase


def choose_database(dsn: str | None, directory: Path) -> LocalDatabase:
    """The server that `dsn` names, or one of our own in `directory`."""
    return GivenDatabase.at(dsn) if dsn else OwnDatabase.in_directory(directory)
