"""What the journey has of this machine: the files of this checkout, and a few variables of whoever starts it."""

import os
from pathlib import Path

from local.github.repository import Repository
from render.configuration import ROOT
from tests.journey.gitops.runner import git

NAME = "example/priceguard-platform"
"""Of the repository."""
KEPT = ("LANG", "TMPDIR")
"""Variables of this machine."""
NOBODY = "http://127.0.0.1:1"
"""A proxy that nobody answers: nothing may leave this machine."""


def of_this_machine(engine: str, folder: Path) -> dict[str, str]:
    """The environment of every job, beside what is the stage's own; no key of whoever starts it comes along."""
    return {
        **{name: os.environ[name] for name in KEPT if name in os.environ},
        "PATH": path_for(engine, folder),
        "COLUMNS": "120",
        "GITHUB_ACTIONS": "true",
        "GITHUB_REPOSITORY": NAME,
        "GITHUB_SERVER_URL": "https://github.com",
        **dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), NOBODY),
        **dict.fromkeys(("no_proxy", "NO_PROXY"), "127.0.0.1,localhost"),
    }


def of_this_checkout(bare: Path) -> Repository:
    """A bare repository whose `main` has the files of this checkout, as they are now."""
    bare.mkdir()
    repository = Repository(bare)
    repository.git("init", "--quiet", "--bare", "--initial-branch=main", "--template=", ".")
    repository.git("config", "uploadpack.allowAnySHA1InWant", "true")
    listed = git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    there = "\0".join(name for name in listed if name and (ROOT / name).is_file())
    index = {"GIT_INDEX_FILE": str(bare / "index"), "GIT_WORK_TREE": str(ROOT)}
    add = ("-C", str(ROOT), "add", "--force", "--pathspec-from-file=-", "--pathspec-file-nul")
    repository.git(*add, stdin=there.encode(), environment=index)
    tree = repository.git("write-tree", environment=index)
    repository.move("main", repository.make_commit(tree, [], "Begin"))
    return repository


def path_for(engine: str, folder: Path) -> str:
    """The PATH of this machine; for the embedded runner without the engine's command."""
    places = os.environ["PATH"].split(os.pathsep)
    if engine != "embedded":
        return os.pathsep.join(places)
    kept = list[str]()
    for number, place in enumerate(places):
        if not (Path(place) / "pulumi").exists():
            kept.append(place)
            continue
        beside = folder / "bin" / str(number)
        beside.mkdir(parents=True)
        for tool in Path(place).iterdir():
            if not tool.name.startswith("pulumi"):
                (beside / tool.name).symlink_to(tool)
        kept.append(str(beside))
    return os.pathsep.join(kept)
