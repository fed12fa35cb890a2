"""What an image is built from: the Dockerfile, its context, and arguments that can be no secret."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from local.git import git
from local.image.tool import ImageError

# What decides the content of the API's image.
INPUTS = ("Dockerfile", ".dockerignore", "api", "requirements/api.txt")
_LEFT_OUT = (":(exclude,glob)api/**/__pycache__/**", ":(exclude,glob)api/**/.*")  # as .dockerignore does
_BASE = re.compile(r"^ARG BASE=(\S+@sha256:\S+)$", re.MULTILINE)
# As git writes remotes: https, ssh, and the short form of ssh.
_SOURCE = re.compile(
    r"(?:https://(?:[^@/]*@)?|ssh://(?:[^@/]*@)?|[^@/]+@)(?P<host>[a-z0-9.-]+)(?::\d+(?=/)|(?=/)|(?=:[^/]))[:/]"
    r"(?P<path>[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)+)/?"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """One image to build.

    Args:
        name: its repository, such as `priceguard-api`.
        context: folder with the Dockerfile.
        base: reference of the base image.
        labels: build arguments that become labels; the Dockerfile refuses values that do not look like theirs.
    """

    name: str
    context: Path
    base: str
    labels: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def arguments(self) -> dict[str, str]:
        """The build arguments."""
        return {"BASE": self.base, **self.labels}


def official_base(context: Path) -> str:
    """The base that the Dockerfile of `context` pins.

    Raises:
        ImageError: it pins none.
    """
    found = _BASE.search((context / "Dockerfile").read_text())
    if found is None:
        raise ImageError(f"{context / 'Dockerfile'}: there is no line ARG BASE=<image>@sha256:<digest>")
    # Engines other than Docker do not guess the registry.
    return found[1] if "/" in found[1].partition("@")[0] else f"docker.io/library/{found[1]}"


def api_recipe(root: Path, base: str) -> Recipe:
    """The recipe of the API's image.

    Its revision is the commit only if the checkout holds what was committed: a label that names a commit must not lie.
    """
    committed = git(root, "rev-parse", "--verify", "--quiet", "HEAD") if _is_committed(root) else None
    labels = {"REVISION": committed or "unreleased", "SOURCE": source(root)}
    return Recipe(name="priceguard-api", context=root, base=base, labels=labels)


def source(root: Path) -> str:
    """The repository's https address without user, password and port; empty where there is none."""
    found = _SOURCE.fullmatch(git(root, "remote", "get-url", "origin") or "")
    return f"https://{found['host']}/{found['path'].removesuffix('.git')}" if found else ""


def _is_committed(root: Path) -> bool:
    """Whether every input is as committed here, ignored files included: the builder gets those, too."""
    here = git(root, "rev-parse", "--show-toplevel")
    if here is None or Path(here) != root.resolve():
        return False
    return git(root, "status", "--porcelain", "--ignored", "--untracked-files=all", "--", *INPUTS, *_LEFT_OUT) == ""
