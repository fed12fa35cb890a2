"""The database: a pool that connects in the background, survives outages and says how it is.

Sessions of the pool are not reset between two users of a connection, since that costs a second round trip for
each request. So nothing may leave a SET, LISTEN, advisory lock or open cursor behind on one; transactions are
always `async with`.
"""

import asyncio
import contextlib
import random
import ssl
import time
from collections.abc import AsyncGenerator
from enum import StrEnum
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import asyncpg
import structlog

from api.errors import DatabaseUnavailableError
from api.models import Connection
from api.schema import SchemaError, migrate

# Seconds.
_CONNECT: Final = 5.0
_ACQUIRE: Final = 3.0
_COMMAND: Final = 10.0
_PROBE: Final = 2.0
_CLOSE: Final = 5.0
_FIRST_PAUSE: Final = 0.2
_LONGEST_PAUSE: Final = 10.0
# A multi-AZ failover takes one to two minutes. If the load balancer took every task out meanwhile, the service
# would come back minutes after the database.
TOLERATED_OUTAGE: Final = 180.0

_LARGEST_POOL: Final = 10  # ten tasks at most, and the smallest instance takes about a hundred connections

# What asyncpg raises when a connection cannot be had (a DSN that it cannot read is a ValueError) ...
_REFUSED: Final = (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError)
# ... and when one breaks, the server goes away or is read-only (the former primary after a failover).
_LOST: Final = (
    OSError,  # includes TimeoutError
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.ReadOnlySQLTransactionError,
)

_logger: Final[structlog.typing.FilteringBoundLogger] = structlog.get_logger()


class DatabaseState(StrEnum):
    """How the database is, for the health check."""

    CONNECTING = "connecting"  # not ready since this process started
    CONNECTED = "connected"
    INTERRUPTED = "interrupted"  # unreachable, but for less than TOLERATED_OUTAGE
    UNREACHABLE = "unreachable"


class Database:
    """The pool of connections to the database that `dsn` names (Settings says in which form)."""

    def __init__(self, dsn: str, *, tolerated_outage: float = TOLERATED_OUTAGE) -> None:
        self._dsn = dsn
        self._tolerated_outage = tolerated_outage
        self._pool: asyncpg.Pool | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._probe: asyncio.Task[bool] | None = None
        self._unreachable_since: float | None = None

    def start(self) -> None:
        """Connect in the background, however long it takes, and bring the schema up to date."""
        self._connecting = asyncio.create_task(self._connect())

    async def ready(self) -> None:
        """Wait for the first connection."""
        assert self._connecting, "started first"
        await asyncio.shield(self._connecting)

    async def stop(self) -> None:
        """Close every connection, waiting a few seconds for those in use."""
        for task in (self._connecting, self._probe):
            if task is not None:
                task.cancel()
                await asyncio.wait({task})
        if self._pool is not None:
            try:
                await asyncio.wait_for(self._pool.close(), _CLOSE)
            except TimeoutError:
                self._pool.terminate()

    @contextlib.asynccontextmanager
    async def connection(self) -> AsyncGenerator[Connection]:
        """A connection for the length of a use case; DatabaseUnavailableError when there is none or it breaks."""
        if self._pool is None:
            raise _unavailable()
        try:
            connection = await self._pool.acquire(timeout=_ACQUIRE)
        except _REFUSED as error:
            _logger.warning("database_unavailable", reason=_explain(error))
            raise _unavailable() from error
        try:
            yield connection
        except (*_LOST, asyncpg.InterfaceError) as error:
            is_lost = _is_closed(connection)
            if isinstance(error, asyncpg.InterfaceError) and not is_lost:
                raise  # misuse of the driver: a defect of ours
            _logger.warning("database_unavailable", reason=_explain(error))
            if not is_lost:
                connection.terminate()
            await self._pool.expire_connections()  # the others most likely lead to the same dead end
            raise _unavailable() from error
        finally:
            await self._pool.release(connection)

    async def state(self) -> DatabaseState:
        """How the database is now, within two seconds; callers at the same time share one probe."""
        if self._pool is None:
            return DatabaseState.CONNECTING
        if self._probe is None or self._probe.done():
            self._probe = asyncio.create_task(self._ask())
        probe = self._probe
        await asyncio.wait({probe}, timeout=_PROBE)
        if probe.done() and probe.exception() is None and probe.result():
            self._unreachable_since = None
            return DatabaseState.CONNECTED
        if self._unreachable_since is None:
            self._unreachable_since = time.monotonic()
        outage = time.monotonic() - self._unreachable_since
        return DatabaseState.INTERRUPTED if outage < self._tolerated_outage else DatabaseState.UNREACHABLE

    async def _ask(self) -> bool:
        try:
            async with self.connection() as connection:
                await connection.execute("SELECT 1", timeout=_PROBE)
        except DatabaseUnavailableError:
            return False
        return True

    async def _connect(self) -> None:
        """Try until it works; pauses double and are random, so that many tasks do not knock in step."""
        pause = _FIRST_PAUSE
        while True:
            try:
                self._pool = await self._open()
            except (*_REFUSED, SchemaError) as error:
                wait = pause * random.uniform(0.5, 1)  # noqa: S311 — not a secret
                _logger.warning("database_not_ready", reason=_explain(error), retry_in_s=round(wait, 1))
                await asyncio.sleep(wait)
                pause = min(pause * 2, _LONGEST_PAUSE)
            else:
                _logger.info("database_ready")
                return

    async def _open(self) -> asyncpg.Pool:
        options: dict[str, Any] = {"dsn": self._dsn, "ssl": _verified_tls(self._dsn), "timeout": _CONNECT}
        migrating = await asyncpg.connect(**options, server_settings={"application_name": "priceguard-migrate"})
        try:
            await migrate(migrating)
        finally:
            await migrating.close(timeout=_CLOSE)
        return await asyncpg.create_pool(
            **options,
            min_size=0,  # asyncpg logs a traceback for each try to keep a minimum; health checks keep one open
            max_size=_LARGEST_POOL,
            command_timeout=_COMMAND,
            reset=_keep_session,
            server_settings={
                "application_name": "priceguard-api",
                # What this process gave up waiting for is not to go on in the server.
                "statement_timeout": f"{_COMMAND + 5:.0f}s",
                "idle_in_transaction_session_timeout": "30s",
            },
        )


def _verified_tls(dsn: str) -> ssl.SSLContext | None:
    """What `sslmode=verify-full` means, made once; None leaves other modes to the driver.

    The driver would load the file again for each connection, and RDS's takes 10 ms, or 40 on a quarter of a CPU.
    """
    options = parse_qs(urlsplit(dsn).query)
    if options["sslmode"] != ["verify-full"]:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks certificate and host name
    context.load_verify_locations(options["sslrootcert"][0])
    return context


def _is_closed(connection: Connection) -> bool:
    """Whether the connection is gone; the pool may have taken it back already, and then refuses to say."""
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:
        return True


async def _keep_session(_: Connection) -> None:
    """Leave the session as it is; see the module docstring."""


def _unavailable() -> DatabaseUnavailableError:
    return DatabaseUnavailableError("The service cannot reach its database at this moment. Try again shortly.")


def described(error: Exception) -> str:
    """An error in one line that may be stored and shown.

    PostgreSQL's own text is not: of a violated constraint it shows the whole row, with what is secret in it.
    """
    if isinstance(error, asyncpg.PostgresError):
        facts = (getattr(error, name, None) for name in ("sqlstate", "constraint_name"))
        return " ".join((type(error).__name__, *filter(None, facts)))
    return f"{type(error).__name__}: {error}"


def _explain(error: Exception) -> str:
    """The cause for an operator. PostgreSQL's messages name users and hosts, never a password."""
    match error:
        case asyncpg.InvalidPasswordError() | asyncpg.InvalidAuthorizationSpecificationError():
            return f"the server refuses the user name or password in DATABASE_URL: {error}"
        case asyncpg.InvalidCatalogNameError():
            return f"the server does not have the database that DATABASE_URL names: {error}"
        case ssl.SSLCertVerificationError():
            return f"the server's certificate is not the one expected (sslrootcert, host name): {error}"
        case FileNotFoundError():
            return "the file that sslrootcert in DATABASE_URL names does not exist"
        case ValueError() if not isinstance(error, asyncpg.InterfaceError | OSError):
            return "DATABASE_URL cannot be read"  # the message could quote it
        case _:
            return f"{type(error).__name__}: {error}"
