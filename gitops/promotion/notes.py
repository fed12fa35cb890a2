"""What a release brings beside its commits, read from git: migrations, and other packages in the image."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gitops.promotion.schema_change import Effect, Finding, findings
from gitops.release.checkout import CheckoutError, git

MIGRATIONS, LOCK = "api/migrations", "requirements/api.txt"
LONGEST = 200_000
"""Characters of a migration that is judged."""
CHANGED = {
    "M": "was changed: a database that had it refuses the new code",
    "D": "was deleted, and a database that had it keeps its effect",
}
"""What git says of a file -> what that means for a migration."""
PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Migration:
    """One migration of the release.

    Args:
        name: of its file, without the ending: `0042_drop_email`.
        findings: what stands in the way of going back.
    """

    name: str
    findings: tuple[Finding, ...]

    @property
    def effect(self) -> Effect:
        """The worst of what it does."""
        return max((one.effect for one in self.findings), default=Effect.ADDS)


@dataclass(frozen=True, kw_only=True)
class Package:
    """A locked package of the image that is not the same.

    Args:
        name: as the lock file spells it.
        before: version that was; empty when it is new.
        after: version that comes; empty when it is no more.
    """

    name: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Notes:
    """What a release brings.

    Args:
        migrations: in the order in which they run.
        packages: by name.
        missing: why this cannot be told; then nothing is known.
    """

    migrations: tuple[Migration, ...] = ()
    packages: tuple[Package, ...] = ()
    missing: str = ""

    @property
    def effect(self) -> Effect:
        """The worst of all migrations."""
        return max((one.effect for one in self.migrations), default=Effect.ADDS)


def notes(repository: Path, before: str | None, after: str) -> Notes:
    """What is between two commits; all that `after` has when there is none before it.

    Args:
        repository: a clone that has both.
        before: commit, 40 hex digits; None when nothing ran.
        after: commit, 40 hex digits.
    """
    try:
        return Notes(
            migrations=tuple(_migrations(repository, before, after)),
            packages=tuple(_packages(_pins(repository, before), _pins(repository, after))) if before else (),
        )
    except CheckoutError as error:
        return Notes(missing=str(error))


def _migrations(repository: Path, before: str | None, after: str) -> Iterator[Migration]:
    made: set[str] = set()
    for path, status in sorted(_changed_files(repository, before, after).items()):
        name = PurePosixPath(path)
        if name.suffix != ".sql":
            continue
        if said := CHANGED.get(status):
            found = [Finding(effect=Effect.CARE, said=said)]
        else:
            found = _judged(git(repository, "show", f"{after}:{path}"), made)
        yield Migration(name=name.stem, findings=tuple(found))


def _judged(sql: str, made: set[str]) -> list[Finding]:
    if len(sql) > LONGEST:
        return [Finding(effect=Effect.CARE, said="is too long to be judged")]
    return findings(sql, made)


def _changed_files(repository: Path, before: str | None, after: str) -> Mapping[str, str]:
    """Path -> how git says it differs: A, M, D."""
    if before is None:
        listed = git(repository, "ls-tree", "-r", "-z", "--name-only", after, "--", MIGRATIONS)
        return dict.fromkeys(filter(None, listed.split("\0")), "A")
    listed = git(repository, "diff", "--name-status", "--no-renames", "-z", before, after, "--", MIGRATIONS)
    fields = listed.split("\0")
    return dict(zip(fields[1::2], fields[0::2], strict=False))


def _pins(repository: Path, commit: str) -> dict[str, str]:
    """Name -> version; nothing when the commit has no such file."""
    if not git(repository, "ls-tree", "--name-only", commit, "--", LOCK):
        return {}
    return dict(PIN.findall(git(repository, "show", f"{commit}:{LOCK}")))


def _packages(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Package]:
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield Package(name=name, before=before.get(name, ""), after=after.get(name, ""))
