"""PostgreSQL on this machine, for the local platform and the tests.

A real server with TLS, so that the API connects exactly as it does to RDS: `sslmode=verify-full`, a password,
and no connection without encryption. It lives and dies with the process that started it; its data stay.
"""

import contextlib
import os
import random
import signal
import subprocess
import time
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import psutil

from local.child import die_with_parent
from local.ports import is_free
from local.postgres_place import (
    SUPERUSER,
    Account,
    PostgresError,
    find_binaries,
    hold,
    make_data,
    prepare_home,
    reachable_binaries,
    read_password,
    remove_data,
)
from local.postgres_tls import ensure_certificate

__all__ = ["PostgresError", "PostgresServer", "remove_data"]

_START_SECONDS = 60  # a crash recovery is part of a start
_STOP_SECONDS = 20
# Below the ports that systems give to outgoing connections: one of those could take ours between two starts.
_PORTS = range(20_000, 32_000)


class PostgresServer:
    """A server whose data live in `directory` and survive restarts.

    `port` is the one to listen on (127.0.0.1 only); without one a free port is taken at the first `start()` and
    kept by this object, so a caller who wants it stable across processes remembers `port` and passes it.
    `durable=False` gives up crash safety for speed: for tests, never for data that someone wants to keep.

    Start it from the main thread: on Linux the kernel stops the server when the starting *thread* ends
    (`man 2 prctl`, PR_SET_PDEATHSIG), which is what cleans up after `kill -9` of the caller.
    """

    host = "127.0.0.1"

    def __init__(self, directory: Path, *, port: int | None = None, durable: bool = True) -> None:
        self.directory = directory
        self.log_file = directory / "server.log"
        self._port = port
        self._durable = durable
        self._account = Account()
        self._process: subprocess.Popen[Any] | None = None
        self._open = contextlib.ExitStack()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """The TCP port; known after the first `start()` at the latest."""
        assert self._port is not None, "a port is chosen by start()"
        return self._port

    @property
    def pid(self) -> int | None:
        """The server's process, None while it does not run."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def ca_file(self) -> Path:
        """The certificate authority to verify the server with (`sslrootcert`)."""
        return self._home / "tls" / "ca.crt"

    @property
    def admin_dsn(self) -> str:
        """How to connect as superuser. Holds the password: never print it."""
        return self.dsn("postgres", SUPERUSER, read_password(self._data))

    def dsn(self, database: str, user: str, password: str) -> str:
        """The connection string of `user` to `database`, verifying the server like one to RDS."""
        credentials = f"{quote(user, safe='')}:{quote(password, safe='')}"
        root = quote(str(self.ca_file))
        return (
            f"postgresql://{credentials}@{self.host}:{self.port}/{quote(database, safe='')}"
            f"?sslmode=verify-full&sslrootcert={root}"
        )

    def start(self) -> None:
        """Run the server and return when it accepts connections; nothing to do when it runs already.

        Raises PostgresError when it cannot run: no binaries, the port or the folder is taken, no space.
        """
        if self.pid is not None:
            return
        self.stop()  # what is left of one that died by itself
        try:
            self._prepare()
            is_free_choice = self._port is None
            while not self._run(may_retry=is_free_choice):
                self._port = None
        except OSError as error:
            self.stop()
            raise PostgresError(
                f"PostgreSQL cannot use {error.filename or self.directory}: {error.strerror or error}."
            ) from error
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Disconnect everybody, write everything, stop; harmless when it does not run."""
        process, self._process = self._process, None
        if process is not None:
            if process.poll() is None:
                _stop_process(process.pid)
            process.wait()
        self._open.close()

    def _prepare(self) -> None:
        self._account = Account.for_caller()
        self._home = prepare_home(self.directory, self._account)
        self._data = self._home / "data"
        self._open.enter_context(hold(self._home))
        self._stop_orphan()
        self._binaries = reachable_binaries(find_binaries(), self._home, self._account)
        if not self._data.exists():
            make_data(self._data, self._binaries, self._account, durable=self._durable)
        tls = ensure_certificate(self._home, self._account)
        hba = self._home / "hba.conf"
        hba.write_text(f"hostssl all all {self.host}/32 scram-sha-256\n")
        hba.chmod(0o644)
        fast = {} if self._durable else dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off")
        self._settings = {
            "listen_addresses": self.host,
            "unix_socket_directories": "",
            "hba_file": str(hba),
            "log_error_verbosity": "terse",  # as in RDS: no row contents in the log
            "ssl": "on",
            "ssl_cert_file": str(tls / "server.crt"),
            "ssl_key_file": str(tls / "server.key"),
            **fast,
        }

    def _stop_orphan(self) -> None:
        """Get rid of what a `kill -9` left: a server that still runs, or its pid file.

        PostgreSQL itself would refuse to start when *any* process has the number in the file.
        """
        pid_file = self._data / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError, ValueError, IndexError, psutil.Error):
            process = psutil.Process(int(pid_file.read_text().splitlines()[0]))
            if Path(process.cwd()) == self._data:  # a postmaster works in its data folder
                _stop_process(process.pid)
        pid_file.unlink(missing_ok=True)

    def _run(self, *, may_retry: bool) -> bool:
        """Start the process and wait; False when a freely chosen port was snatched away meanwhile."""
        if self._port is None:
            self._port = _choose_port()
        elif not is_free(self._port):
            raise PostgresError(
                f"port {self.port} on {self.host} is taken: stop what listens there, or choose another port."
            )
        settings = {**self._settings, "port": str(self.port)}
        command = [str(self._binaries / "postgres"), "-D", str(self._data)]
        command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with os.fdopen(os.open(self.log_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as log:
            process = self._process = subprocess.Popen(  # noqa: S603
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in a terminal reaches the platform, which stops things in order
                preexec_fn=die_with_parent(signal.SIGINT),  # noqa: PLW1509 - see there
                **self._account.popen,
            )
        if self._became_ready(process):
            return True
        self._process = None
        log_text = self.log_file.read_text(errors="replace").strip()
        if may_retry and "could not bind" in log_text:
            return False
        tail = "\n".join(log_text.splitlines()[-8:])
        raise PostgresError(f"PostgreSQL did not start; the end of {self.log_file}:\n{tail}")

    def _became_ready(self, process: subprocess.Popen[Any]) -> bool:
        """Wait for the word that the server writes into its pid file (what pg_ctl waits for, too)."""
        deadline = time.monotonic() + _START_SECONDS
        while process.poll() is None:
            with contextlib.suppress(FileNotFoundError):
                lines = (self._data / "postmaster.pid").read_text().split()
                if lines[:1] == [str(process.pid)] and lines[-1] == "ready":
                    return True
            if time.monotonic() > deadline:
                _stop_process(process.pid)
            time.sleep(0.02)
        return False


def _stop_process(pid: int) -> None:
    """Fast shutdown, then immediate shutdown, then no choice (PostgreSQL's meaning of these signals)."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            process.send_signal(number)
            with contextlib.suppress(psutil.TimeoutExpired):
                process.wait(_STOP_SECONDS)
                return


def _choose_port() -> int:
    for port in random.sample(_PORTS, len(_PORTS)):
        if is_free(port):
            return port
    raise PostgresError(f"no port from {_PORTS.start} to {_PORTS.stop} can be opened on {PostgresServer.host}.")
