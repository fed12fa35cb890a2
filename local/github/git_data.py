"""Branches, commits, trees and files, as the API shows and changes them."""

import base64
import contextlib
from pathlib import PurePosixPath
from typing import Any

from local.github.answers import Answer, Ask, Object, RefusedError, missing
from local.github.people import WEB, People
from local.github.repository import Commit, GitError

MOST = 10_000
RULES = "Repository rule violations found\n\nChanges must be made through a pull request.\n\n"


def branch(store: People, ask: Ask) -> Answer:
    """The end of one."""
    return Answer(body=_reference(ask.parts["branch"], _head(store, ask.parts["branch"])))


def new_branch(store: People, ask: Ask) -> Answer:
    """Make one."""
    ref, commit = ask.text("ref"), ask.text("sha")
    name = ref.removeprefix("refs/heads/")
    if name == ref:
        raise RefusedError(422, "Reference does not exist")
    if store.repository.head(name):
        raise RefusedError(422, "Reference already exists")
    _commit(store, commit)
    store.repository.move(name, commit)
    return Answer(status=201, body=_reference(name, commit))


def move_branch(store: People, ask: Ask) -> Answer:
    """Let one end elsewhere: behind what it held, or by `force` anywhere."""
    name, commit = ask.parts["branch"], ask.text("sha")
    there = store.repository.head(name)
    if there is None:
        raise RefusedError(422, "Reference does not exist")
    if name in store.protected:
        raise RefusedError(422, RULES)
    _commit(store, commit)
    if not ask.json.get("force") and store.repository.count(there, commit)[0]:
        raise RefusedError(422, "Update is not a fast forward")
    store.repository.move(name, commit)
    return Answer(body=_reference(name, commit))


def commit(store: People, ask: Ask) -> Answer:
    """As git keeps it."""
    return Answer(body=_git_commit(_commit(store, ask.parts["commit"], status=404)))


def new_commit(store: People, ask: Ask) -> Answer:
    """Make one that no branch has yet."""
    author = (ask.actor.login, f"{ask.actor.login}@users.noreply.github.com")
    parents: list[str] = ask.json.get("parents", [])
    try:
        made = store.repository.make_commit(ask.text("tree"), parents, ask.text("message"), author=author)
    except GitError:
        raise RefusedError(422, "Tree SHA does not exist") from None
    return Answer(status=201, body=_git_commit(_commit(store, made)))


def new_tree(store: People, ask: Ask) -> Answer:
    """Make one of another and some files."""
    entries: list[Any] = ask.json.get("tree", [])
    for entry in entries:
        path = PurePosixPath(entry["path"])
        if path.is_absolute() or ".." in path.parts or ".git" in path.parts:
            raise RefusedError(422, "tree.path contains a malformed path component")
    try:
        made = store.repository.tree(ask.json.get("base_tree"), entries)
    except GitError:
        raise RefusedError(422, "base_tree is not a valid tree oid") from None
    return Answer(status=201, body={"sha": made})


def contents(store: People, ask: Ask) -> Answer:
    """A file, of the branch or commit `ref`."""
    name, path = ask.query.get("ref", "main"), ask.parts["path"]
    at = store.repository.resolve(name)
    if at is None:
        raise RefusedError(404, f"No commit found for the ref {name}")
    found = store.repository.file(at, path)
    if found is None:
        raise missing()
    content = base64.encodebytes(found).decode()
    return Answer(body={"type": "file", "encoding": "base64", "path": path, "size": len(found), "content": content})


def compare(store: People, ask: Ask) -> Answer:
    """How one commit stands to another: `base...head`."""
    names = ask.parts["both"].split("...")
    ends = [store.repository.resolve(name) for name in names]
    base, head = ends if len(ends) == 2 else (None, None)
    if base is None or head is None:
        raise missing()
    behind, ahead = store.repository.count(base, head)
    status = "diverged" if behind and ahead else "behind" if behind else "ahead" if ahead else "identical"
    only = store.repository.commits(head, f"^{base}", most=MOST) if ahead else []
    listed = [_listed(store, each) for each in reversed(only)]
    numbers = {"status": status, "ahead_by": ahead, "behind_by": behind, "total_commits": ahead}
    start = store.repository.git("merge-base", base, head)
    files = _changed(store, start, head)
    return Answer(body={**numbers, "commits": listed, "merge_base_commit": {"sha": start}, "files": files})


def _changed(store: People, start: str, head: str) -> list[Object]:
    """The files that differ, and how."""
    told = store.repository.git("diff", "--name-status", "--no-renames", "-z", start, head).split("\0")
    words = {"A": "added", "M": "modified", "D": "removed"}
    pairs = zip(told[0::2], told[1::2], strict=False)
    return [{"filename": name, "status": words.get(status, "changed")} for status, name in pairs]


def _reference(name: str, sha: str) -> Object:
    return {"ref": f"refs/heads/{name}", "object": {"type": "commit", "sha": sha}}


def _head(store: People, name: str) -> str:
    found = store.repository.head(name)
    if found is None:
        raise missing()
    return found


def _commit(store: People, sha: str, *, status: int = 422) -> Commit:
    with contextlib.suppress(GitError):
        return store.repository.at(sha)
    raise RefusedError(status, "Not Found" if status == 404 else "Object does not exist")


def _git_commit(kept: Commit) -> Object:
    return {
        "sha": kept.sha,
        "message": kept.message,
        "tree": {"sha": kept.tree},
        "parents": [{"sha": parent} for parent in kept.parents],
        "author": {"name": kept.author, "email": kept.email, "date": kept.date},
    }


def _listed(store: People, kept: Commit) -> Object:
    author = {"name": kept.author, "email": kept.email, "date": kept.date}
    known = {"login": kept.author, "type": "Bot"} if kept.author.endswith("[bot]") else None
    message = {"message": kept.message, "author": author}
    return {"sha": kept.sha, "commit": message, "author": known, "html_url": f"{WEB}/{store.name}/commit/{kept.sha}"}
