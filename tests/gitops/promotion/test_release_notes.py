"""What a release brings, read from a clone."""

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gitops.promotion.notes import Migration, Notes, Package, notes
from gitops.promotion.schema_change import Effect, Finding

Commit = Callable[[Mapping[str, str | None]], str]
ACCOUNTS, NAMES, DROP = (f"api/migrations/{name}.sql" for name in ("0001_accounts", "0002_names", "0003_no_cards"))
LOCK = "requirements/api.txt"
WHO = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "HOME": "/"}
HERE = ("-c", "user.name=Ada", "-c", "user.email=ada@localhost", "-c", "commit.gpgsign=false")


@pytest.fixture
def commit(tmp_path: Path) -> Commit:
    """Commits files to the clone in `tmp_path` and returns the commit; None deletes one."""

    def git(*arguments: str) -> str:
        command = ["git", *HERE, *arguments]
        return subprocess.run(command, cwd=tmp_path, env=WHO, check=True, capture_output=True, text=True).stdout.strip()

    def commit(files: Mapping[str, str | None]) -> str:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_text(text)
        git("add", "--all")
        git("commit", "--quiet", "--message", "A change")
        return git("rev-parse", "HEAD")

    git("init", "--quiet")
    return commit


def added(name: str, *found: Finding) -> Migration:
    """A migration with what was found in it."""
    return Migration(name=name, findings=found)


def test_migrations_between_two_commits_in_their_order(tmp_path: Path, commit: Commit) -> None:
    """Each is judged; a table that the release makes itself is no concern of the former code."""
    before = commit({ACCOUNTS: "CREATE TABLE accounts (id int);", LOCK: ""})
    after = commit(
        {
            NAMES: "CREATE TABLE names (id int);",
            DROP: "ALTER TABLE names DROP COLUMN id; ALTER TABLE accounts DROP COLUMN card;",
            "api/migrations/README.md": "no migration",
        }
    )

    found = notes(tmp_path, before, after)

    lost = Finding(effect=Effect.LOSES, said="drops column accounts.card")
    assert found == Notes(migrations=(added("0002_names"), added("0003_no_cards", lost)))
    assert found.effect is Effect.LOSES


def test_a_migration_that_was_rewritten_or_deleted_is_no_harmless_one(tmp_path: Path, commit: Commit) -> None:
    """A database that had it refuses the new code, or keeps what it did."""
    before = commit({ACCOUNTS: "CREATE TABLE accounts (id int);", NAMES: "SELECT 1;"})
    after = commit({ACCOUNTS: "CREATE TABLE accounts (id bigint);", NAMES: None})

    found = notes(tmp_path, before, after)

    assert [one.effect for one in found.migrations] == [Effect.CARE, Effect.CARE]
    assert [one.findings[0].said.split(":")[0].split(",")[0] for one in found.migrations] == [
        "was changed",
        "was deleted",
    ]


def test_a_migration_without_an_end_is_not_judged(tmp_path: Path, commit: Commit) -> None:
    """It is told as one to look at."""
    before = commit({LOCK: ""})
    after = commit({ACCOUNTS: f"CREATE TABLE accounts (id int); -- {'x' * 200_000}"})

    (one,) = notes(tmp_path, before, after).migrations

    assert (one.effect, one.findings[0].said) == (Effect.CARE, "is too long to be judged")


def test_packages_that_differ(tmp_path: Path, commit: Commit) -> None:
    """By their pins; hashes and extras are not looked at."""
    before = commit({LOCK: "quart==0.20.0 \\\n    --hash=sha256:aa\ntaskgroup==0.2.2\nh2[x]==4.1\n# via quart==9\n"})
    after = commit({LOCK: "quart==0.21.0 \\\n    --hash=sha256:bb\nuvloop==0.22.1 ; platform\nh2==4.1\n"})

    assert notes(tmp_path, before, after).packages == (
        Package(name="quart", before="0.20.0", after="0.21.0"),
        Package(name="taskgroup", before="0.2.2", after=""),
        Package(name="uvloop", before="", after="0.22.1"),
    )


def test_the_first_release_brings_every_migration(tmp_path: Path, commit: Commit) -> None:
    """And no package is another one."""
    after = commit({ACCOUNTS: "CREATE TABLE accounts (id int);", NAMES: "CREATE TABLE b (c int);", LOCK: "quart==1\n"})

    assert notes(tmp_path, None, after) == Notes(migrations=(added("0001_accounts"), added("0002_names")))


def test_a_clone_without_the_commit_says_so(tmp_path: Path, commit: Commit) -> None:
    """Then nothing is told of migrations, rather than that there are none."""
    after = commit({LOCK: ""})

    found = notes(tmp_path, "91e0c2d7" * 5, after)

    assert "git fetch --unshallow" in found.missing
    assert (found.migrations, found.packages) == ((), ())
