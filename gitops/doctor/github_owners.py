"""CODEOWNERS: who must approve a change of what deploys."""

import base64
import binascii
from collections.abc import Iterator

from gitops.doctor.code_owners import LARGEST, owners
from gitops.doctor.errors import MissingError, UnreadError
from gitops.doctor.github_repository import Repository
from gitops.doctor.report import Row, good, judged, shown, wrong
from gitops.doctor.service import objects, part

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""In the order in which GitHub looks."""
OWNED = {
    # what must be owned -> a file in it
    ".github/": ".github/workflows/deploy.yml",
    "infra/": "infra/environment.py",
    "gitops/": "gitops/seals/seal.py",
    "policy/": "policy/rules.py",
    "priceguard/": "priceguard/release.py",
    "render/": "render/configuration.py",
    "bootstrap/": "bootstrap/account.yaml",
    "requirements/": "requirements/api.txt",
    "Makefile": "Makefile",
    "Pulumi.dev.yaml": "Pulumi.dev.yaml",
    "Pulumi.prod.yaml": "Pulumi.prod.yaml",
}
_LINE = "echo '{path} @<owner>' >> .github/CODEOWNERS"


def check_owners(repository: Repository) -> Iterator[Row]:
    """Whether there is a file, GitHub understands it, and what deploys is owned."""
    check, branch = "github-codeowners", repository.bootstrap.parameters["Branch"]
    expected = f"{PLACES[0]} on {branch}"
    try:
        text = _read(repository, branch)
        errors = _errors(repository, branch) if text is not None else []
    except UnreadError as error:
        yield error.row(f"{check}.file", expected)
        return
    if text is None:
        fix = "\n".join(_LINE.format(path=f"/{path}") for path in OWNED)
        yield wrong(f"{check}.file", expected=expected, found="there is none", fix=f"{fix}\n# and merge it")
        return
    yield good(f"{check}.file", expected)
    fix = "correct these lines: GitHub passes over a line that it does not understand, and over owners without access"
    yield judged(f"{check}.errors", "none", "; ".join(errors), fix, holds=not errors)
    bare = [name for name, path in OWNED.items() if not owners(text, path)]
    fix = "\n".join(_LINE.format(path=f"/{name}") for name in bare)
    found = f"nobody owns {', '.join(bare)}"
    yield judged(f"{check}.owners", f"owners of {', '.join(OWNED)}", found, f"{fix}\n# and merge it", holds=not bare)


def _read(repository: Repository, branch: str) -> str | None:
    for place in PLACES:
        try:
            answer = repository.get(f"/contents/{place}?ref={branch}")
        except MissingError:
            continue
        content = part(answer, "content")
        try:
            return base64.b64decode(content if isinstance(content, str) else "")[:LARGEST].decode(errors="replace")
        except (binascii.Error, ValueError):
            return ""
    return None


def _errors(repository: Repository, branch: str) -> list[str]:
    try:
        found = objects(repository.get(f"/codeowners/errors?ref={branch}"), "errors")
    except MissingError:
        return []
    return [f"line {shown(error.get('line'))}: {shown(error.get('kind'))}" for error in found[:5]]
